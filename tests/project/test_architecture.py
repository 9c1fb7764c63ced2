"""What may import what, held by the syntax of the sources."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAUNCH = ROOT / "bench" / "launch"
PACKAGES = ("bench", "kernels", "storage_bench", "reports")
REPORTS_MAY_IMPORT = (
    "bench.evidence", "bench.planning", "bench.analysis", "bench.errors", "bench.units",
    # A guarantee is judged from raw replicates by the judge that lies with the work, so that who
    # measures and who verifies use one; like the rest of this list it touches no drive.
    "storage_bench.job", "storage_bench.histogram", "storage_bench.errors",
    "storage_bench.observations", "storage_bench.guarantee.definition",
    "storage_bench.guarantee.judging", "storage_bench.media.classes",
    "storage_bench.media.identity", "storage_bench.media.placeholders",
)  # fmt: skip
DECLARED_WORK = ("kernels", "kernels.kernel", "kernels.gemm.torch.shapes")
"""What of the kernels a plan is made of: their declarations, which touch no hardware."""
FLOORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "bench": (
        ("errors", "units"), ("evidence",), ("planning",), ("machine", "analysis"), ("execution",),
        ("testing",), ("cli",),
    ),
    "reports": (
        ("quantities", "declarations", "user_cache"), ("catalogue",), ("performance",),
        ("capacity", "verification"), ("judgement",), ("storage_ledger",), ("report",), ("render",),
    ),
}  # fmt: skip
"""From the ground up: a module imports its own folder, others of its floor, and what lies below."""
MAX_ENTRIES = 12
MAX_LINES = 300
HEAVY = ("numpy", "numba", "torch", "pandas", "altair", "jinja2", "rich", "psutil")


def imports(path: Path) -> set[str]:
    """Modules of ours that a file imports anywhere, `from package import module` resolved."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                file = ROOT / (module.replace(".", "/") + ".py")
                folder = ROOT / module.replace(".", "/")
                found.add(module if file.exists() or folder.is_dir() else node.module)
    return {name for name in found if name.split(".")[0] in PACKAGES}


def modules(package: str) -> dict[str, Path]:
    # The command that looks for the packages is part of none: it is installed beside them.
    files = sorted(f for f in (ROOT / package).rglob("*.py") if f.parent != LAUNCH)
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


ALL = {name: path for package in PACKAGES for name, path in modules(package).items()}


@pytest.mark.parametrize("package", ["kernels", "storage_bench"])
def test_the_work_imports_nothing_of_ours(package: str) -> None:
    strays = {
        (name, used)
        for name, path in modules(package).items()
        for used in imports(path)
        if used.split(".")[0] != package
    }

    assert strays == set()


def test_nothing_that_measures_can_see_a_target() -> None:
    strays = {
        name
        for name, path in ALL.items()
        if not name.startswith(("reports", "bench.cli"))
        and any(used.startswith("reports") for used in imports(path))
    }

    assert strays == set()


def is_within(module: str, folders: tuple[str, ...]) -> bool:
    return any(module == folder or module.startswith(f"{folder}.") for folder in folders)


def test_reports_see_only_what_needs_no_hardware() -> None:
    strays = {
        (name, used)
        for name, path in modules("reports").items()
        for used in imports(path)
        if not used.startswith("reports")
        and used != "bench"  # its version
        and not is_within(used, REPORTS_MAY_IMPORT)
    }

    assert strays == set()


def test_what_needs_no_hardware_imports_only_its_like() -> None:
    strays = {
        (name, used)
        for name, path in ALL.items()
        if is_within(name, REPORTS_MAY_IMPORT)
        for used in imports(path)
        if not is_within(used, REPORTS_MAY_IMPORT)
        and used not in (*DECLARED_WORK, "bench", "storage_bench.guarantee")
    }

    assert strays == set()


@pytest.mark.parametrize("package", FLOORS)
def test_imports_go_down_only(package: str) -> None:
    floor = {folder: i for i, level in enumerate(FLOORS[package]) for folder in level}
    strays = {
        (name, used)
        for name, path in modules(package).items()
        for used in imports(path)
        if name.startswith(f"{package}.") and used.startswith(f"{package}.")
        and name != f"{package}.__main__"
        and floor[used.split(".")[1]] > floor[name.split(".")[1]]
    }  # fmt: skip

    assert strays == set()


@pytest.mark.parametrize("package", FLOORS)
def test_every_folder_has_its_floor(package: str) -> None:
    here = {name.split(".")[1] for name in modules(package) if name.count(".")}

    assert here - {"__main__"} == {folder for level in FLOORS[package] for folder in level}


def test_nobody_imports_the_composition_root() -> None:
    importers = {
        name
        for name, path in (ALL | {"capbench": LAUNCH / "capbench.py"}).items()
        if not name.startswith("bench.cli")
        and any(used.startswith("bench.cli") for used in imports(path))
    }

    assert importers == {"capbench"}


def test_a_kernel_never_looks_at_a_clock() -> None:
    clocks = {"time", "datetime", "timeit"}
    strays = {
        name
        for name, path in modules("kernels").items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and clocks & {getattr(node, "module", None), *(alias.name for alias in node.names)}
    }

    assert strays == set()


@pytest.mark.parametrize(
    "module", [*PACKAGES, "bench.cli", "bench.machine", "bench.execution.runner",
               "bench.execution.worker", "reports.report", "reports.verification",
               "reports.render"]
)  # fmt: skip
def test_importing_is_free(module: str) -> None:
    code = f"import sys, {module}\nprint(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)

    assert (done.stdout.split(), done.stderr) == ([], "")


def test_a_library_module_neither_prints_nor_exits() -> None:
    def calls(path: Path) -> set[str]:
        tree = ast.parse(path.read_text())
        return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)} | {
            ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
            for node in ast.walk(tree)
            if isinstance(node, ast.Raise) and node.exc is not None
        }

    strays = {
        name
        for name, path in ALL.items()
        if not name.startswith("bench.cli")
        and calls(path) & {"print", "exit", "sys.exit", "os._exit", "SystemExit"}
    }

    assert strays == set()


def test_no_folder_of_tests_is_a_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_every_file_holds_one_concept() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in ALL.values()
        if (lines := len(path.read_text().splitlines())) > MAX_LINES
    }

    assert long == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_folder_can_be_taken_in_at_a_glance(package: str) -> None:
    apart = {"__init__.py", "__main__.py", "__pycache__", "py.typed", "README.md"}
    folders = [ROOT / package, *(each for each in (ROOT / package).rglob("*") if each.is_dir())]
    full = {
        str(folder.relative_to(ROOT)): count
        for folder in folders
        if folder.name != "__pycache__"
        and (count := len({each.name for each in folder.iterdir()} - apart)) > MAX_ENTRIES
    }

    assert full == {}
