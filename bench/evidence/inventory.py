"""The inventory of a machine: facts that were read, never measured. Unknown is None."""

from typing import Literal

from bench.evidence.codec import Record
from storage_bench.media.classes import Media


class Cache(Record):
    """One kind of cache as the operating system describes it."""

    level: int
    type: str
    """`Data`, `Instruction` or `Unified`."""
    size_bytes: int
    """Size of one instance."""
    instances: int
    """How many there are among the allowed CPUs."""


class Core(Record):
    """One physical core and the logical CPUs that share it."""

    cpus: tuple[int, ...]
    """Logical CPUs of this core that this process may use."""
    package: int
    numa_node: int | None
    kind: Literal["performance", "efficiency"] | None
    """Kind of core on a hybrid processor; None where all are alike or nothing tells."""


class Processor(Record):
    """The host's CPU, as far as this process may use it."""

    model_name: str
    vendor: str | None
    family: int | None
    model: int | None
    stepping: int | None
    architecture: str
    """Machine name of the kernel: `x86_64`, `aarch64`."""
    isa: tuple[str, ...]
    """Vector and matrix extensions, as the kernel names them: `avx512f`, `asimd`."""
    cores: tuple[Core, ...]
    """Physical cores with at least one CPU in this process's affinity mask."""
    online_cpus: int
    """Logical CPUs of the whole machine."""
    quota_cpus: float | None
    """Bandwidth limit of the tightest cgroup, in CPUs; None where there is none."""
    caches: tuple[Cache, ...]
    max_clock_hz: float | None
    """Highest clock that the operating system names; often absent in a virtual machine."""

    @property
    def workers(self) -> tuple[int, ...]:
        """One logical CPU a physical core, and no more of them than the cgroup pays for."""
        firsts = tuple(core.cpus[0] for core in self.cores)
        if self.quota_cpus is None:
            return firsts
        return firsts[: max(1, -int(-self.quota_cpus // 1))]

    @property
    def part_of_the_machine(self) -> str | None:
        """`1 of 2 CPUs` where the affinity mask leaves some out; None where all were given."""
        given = sum(len(core.cpus) for core in self.cores)
        return f"{given} of {self.online_cpus} CPUs" if given < self.online_cpus else None

    @property
    def last_level_cache_bytes(self) -> int | None:
        """All instances of the highest cache level together."""
        data = [cache for cache in self.caches if cache.type != "Instruction"]
        if not data:
            return None
        level = max(cache.level for cache in data)
        return sum(cache.size_bytes * cache.instances for cache in data if cache.level == level)


class Health(Record):
    """Counters of damage and the state of the link; None where the device does not tell."""

    ecc_corrected: int | None = None
    """Memory errors that ECC mended since the counters were reset."""
    ecc_uncorrected: int | None = None
    rows_remapped: int | None = None
    """Memory rows replaced by spare ones, for whatever reason."""
    remap_pending: bool | None = None
    """A row waits for a reset to be replaced."""
    remap_failed: bool | None = None
    pcie_generation: int | None = None
    """What the link runs at now: an idle one runs slower."""
    pcie_width: int | None = None


class Board(Record):
    """What a card says that it is made of: models that share a name differ here."""

    pci_id: str | None = None
    """Vendor and device, as lspci writes them: `10de:2335`."""
    pci_subsystem_id: str | None = None
    """The same of whoever built the board: `10de:18bf`."""
    part_number: str | None = None
    vbios: str | None = None
    inforom: str | None = None
    """Version of the image that holds the board's own facts."""
    firmware: str | None = None
    """Of the processor on the card that runs the driver's part there (NVIDIA's GSP)."""
    pcie_generation: int | None = None
    """The highest that the card can do, whatever slot it sits in."""
    memory_bus_bits: int | None = None

    def __str__(self) -> str:
        """What is known of it, for people: `board 692-…, VBIOS 96.…, PCI 10de:2335`."""
        known = (
            ("board", self.part_number),
            ("VBIOS", self.vbios),
            ("firmware", self.firmware),
            ("PCI", self.pci_id),
            ("subsystem", self.pci_subsystem_id),
        )
        return ", ".join(f"{name} {value}" for name, value in known if value is not None)


class Accelerator(Record):
    """Facts of an accelerator; None where neither its driver nor its library tells."""

    pci_bus_id: str | None = None
    serial: str | None = None
    numa_node: int | None = None
    architecture: str | None = None
    """CUDA compute capability (`9.0`), or what the vendor has in its place (`gfx942`)."""
    multiprocessors: int | None = None
    """Streaming multiprocessors, compute units or cores, as the vendor counts them."""
    max_clock_hz: float | None = None
    max_memory_clock_hz: float | None = None
    power_limit_w: float | None = None
    """What is enforced now."""
    default_power_limit_w: float | None = None
    pcie_generation: int | None = None
    """The highest that device and slot can do together."""
    pcie_width: int | None = None
    ecc: bool | None = None
    partition: str | None = None
    """What part of the card this is: `whole`, `MIG instance of GPU-…`, `whole, MIG is on`."""
    virtualisation: str | None = None
    """`none`, `passthrough`, `vGPU`: what stands between the driver and the card."""
    health: Health | None = None
    other_processes: int | None = None
    """Processes that computed on it before anything of ours did."""
    board: Board | None = None
    missing: tuple[str, ...] = ()
    """What the driver was asked for and did not tell, each with its reason."""


class Device(Record):
    """Something that computes: the host's CPU or one accelerator."""

    backend: str
    """`cpu`, `cuda`, ...: the file in `bench/machine/devices/` that knows it."""
    index: int
    uuid: str
    """Identity that does not change with the order of discovery; `cpu` for the host's CPU."""
    name: str
    torch_device: str
    """`cpu`; for an accelerator its name in a process that sees this one alone: `cuda:0`."""
    memory_bytes: int | None
    driver: str | None
    accelerator: Accelerator | None = None
    """None for the host's CPU, which `Host.processor` describes."""


class Absent(Record):
    """A backend that has no device here, and why: an answer, not a failure."""

    backend: str
    reason: str


class FabricPart(Record):
    """An adapter or a switch of the network between devices, as its driver describes it."""

    kind: Literal["hca", "nvswitch"]
    name: str
    """`mlx5_0`, or the PCI address of a switch."""
    model: str | None = None
    """The kernel's name of the kind of adapter: `MT4129`."""
    board: str | None = None
    """The maker's identifier of the board: `MT_0000000838`."""
    firmware: str | None = None


class Host(Record):
    """The machine and the system on it."""

    hostname: str
    operating_system: str
    kernel: str
    boot_id: str | None
    hypervisor: str | None
    """Name of the hypervisor, `none` where the system says there is none, None if unknown."""
    container: str | None
    memory_bytes: int
    processor: Processor
    fabric: tuple[FabricPart, ...] = ()
    """Empty where the system shows no adapter and no switch."""


class Storage(Record):
    """The path that storage is tested at, and what lies under it."""

    path: str
    filesystem: str
    free_bytes: int
    media: Media


class Setting(Record):
    """A variable of the environment that changes how a library computes."""

    name: str
    value: str
    """As it was found."""
    given: str | None
    """What measuring processes got in its place; None where they got nothing."""


class Inventory(Record):
    """Everything that was found before anything was measured."""

    host: Host
    devices: tuple[Device, ...]
    absent: tuple[Absent, ...]
    storage: Storage | None
    software: dict[str, str]
    """Versions that a result depends on: python, numba, numpy, torch, fio; absent ones left out."""
    sources_sha256: str
    """Digest over the source files of capbench itself."""
    settings: tuple[Setting, ...] = ()
    """What the environment of the run set for libraries, and what of it reached what measures."""
    simulated: bool = False
    """True where a simulated device took part: such evidence can never be certified."""
