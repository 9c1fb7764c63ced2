"""`capbench doctor`: what is here, what is missing, and how to get it."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

import click

from bench.cli.output import json_option, print_json


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at."""

    name: str
    status: Literal["ok", "missing", "broken"]
    found: str
    costs: str | None = None
    """What cannot be done without it."""
    remedy: str | None = None


_LIBRARIES = (
    ("numba", "every CPU kernel", "pip install numba"),
    ("numpy", "every CPU kernel", "pip install numpy"),
    ("torch", "matrix figures in BF16 and FP16, and all of accelerators",
     "pip install '.[gpu]', or your vendor's build"),
    ("pynvml", "telemetry of NVIDIA GPUs", "pip install nvidia-ml-py"),
    ("pandas", "CSV reports and charts", "pip install pandas"),
    ("jinja2", "HTML and Markdown reports", "pip install jinja2"),
    ("altair", "the HTML report", "pip install altair"),
    ("vl_convert", "the HTML report", "pip install vl-convert-python"),
    ("threadpoolctl", "matrix figures by NumPy", "pip install threadpoolctl"),
)  # fmt: skip


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Say what was found, what is missing and how to get it. Exits 2 on a name collision."""
    checks = examine()
    if as_json:
        print_json(checks)
    else:
        mark = {"ok": "ok     ", "missing": "missing", "broken": "BROKEN "}
        for check in checks:
            click.echo(f"{mark[check.status]} {check.name:<13} {check.found}")
            if check.costs:
                click.echo(f"{'':<21} costs: {check.costs}; get it: {check.remedy}")
    if any(check.status == "broken" for check in checks):
        raise SystemExit(2)


def examine() -> tuple[Diagnosis, ...]:
    """Every check, whatever the ones before it found."""
    from bench import __version__
    from bench.evidence.inventory import Absent
    from bench.machine.claims import find
    from bench.machine.devices import BACKENDS
    from bench.machine.installation import intruders, software

    versions = software()
    checks = [Diagnosis("capbench", "ok", f"{__version__} on Python {versions['python']}")]
    for package, others in intruders().items():
        checks.append(collision(package, others))
    for name, found in find(BACKENDS).items():
        if isinstance(found, Absent):
            checks.append(Diagnosis(name, "missing", found.reason))
        else:
            checks.append(Diagnosis(name, "ok", ", ".join(d.name for d in found)))
    for name, costs, remedy in _LIBRARIES:
        if (fault := why_not(name)) is not None:
            checks.append(Diagnosis(name, "missing", fault, costs, remedy))
        else:
            checks.append(Diagnosis(name, "ok", versions.get(name, "installed")))
    return (*checks, _fio(versions.get("fio")))


def _fio(version: str | None) -> Diagnosis:
    """fio, if it is new enough for what is asked of it."""
    from storage_bench.engines import choose

    costs = "fio as the storage engine (the built-in one is used)"
    if version is None:
        return Diagnosis("fio", "missing", "not on PATH", costs, "apt install fio")
    if lacks := choose.passed_over():
        return Diagnosis("fio", "missing", lacks, costs, "install fio 3.7 or newer")
    return Diagnosis("fio", "ok", version)


def why_not(library: str) -> str | None:
    """Why a library cannot be used; None where it can, or takes seconds to load."""
    if find_spec(library) is None:
        return "not installed"
    if library not in ("torch", "pynvml"):
        try:
            import_module(library)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # one that is built for another Python may raise anything
            said = f"{type(error).__name__}: {error}".partition("\n")[0]
            return f"does not load: {said}"
    return None


def collision(package: str, others: set[str]) -> Diagnosis:
    """Another distribution has overwritten one of our packages, or we have overwritten its."""
    names = ", ".join(sorted(others))
    return Diagnosis(
        package,
        "broken",
        f"also installed by {names}",
        "any trust in what is imported",
        "install capbench into an environment of its own",
    )
