"""Planning: the cases of a run, from the inventory and the profile. Pure."""

from bench.errors import NothingMeasured, UsageError
from bench.evidence.inventory import Inventory
from bench.evidence.plan import Case, KernelCase, Plan, wanted
from bench.planning import shape_candidates
from bench.planning.cases import StorageWay, kernel_cases, storage_cases
from bench.planning.profile import Profile


def plan(
    inventory: Inventory,
    profile: Profile,
    profile_sha256: str,
    storage: StorageWay | None,
    only: tuple[str, ...] = (),
) -> Plan:
    """Every case of the profile for every device, narrowed to the metrics in `only`.

    Raises UsageError where `only` leaves nothing of it, NothingMeasured where the devices that it
    is for are not here.
    """
    cases, shapeless = all_cases(inventory, profile)
    if profile.storage is not None and storage is not None:
        cases += storage_cases(profile.storage, storage, profile.seed)
    chosen = tuple(case for case in cases if wanted(case, only))
    if not chosen:
        if not cases:
            wanted_here = " or ".join(sorted({entry.device for entry in profile.kernels}))
            raise NothingMeasured(
                f"Profile {profile.name} is for {wanted_here} devices, and there is none here.",
                "capbench doctor says what was looked for.",
            )
        metrics = sorted({case.metric for case in cases})
        raise UsageError(
            f"--only {' '.join(only)} leaves nothing of profile {profile.name}.",
            f"Its metrics here: {', '.join(metrics)}.",
        )
    searches = shape_candidates.searches((c for c in shapeless if wanted(c, only)), inventory)
    return Plan(profile.name, profile_sha256, only, chosen, searches)


def all_cases(inventory: Inventory, profile: Profile) -> tuple[list[Case], list[KernelCase]]:
    """Cases of every kernel for every device that it is for, and those whose shape is not given."""
    cases: list[Case] = []
    shapeless: list[KernelCase] = []
    for device in inventory.devices:
        for entry in profile.kernels:
            if entry.device in ("cpu", "cuda"):
                fits = device.backend == entry.device
            else:
                fits = device.backend != "cpu"
            if fits:
                found = kernel_cases(inventory, device, entry, profile)
                cases += found
                shapeless += found if entry.shape is None else []
    return cases, shapeless
