"""What may import what, held by the syntax of the sources."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bench", "kernels", "storage_bench", "reports")
HARDWARE_FREE = {
    "bench", "bench.bundle", "bench.decode", "bench.errors", "bench.estimate", "bench.evidence",
    "bench.inventory", "bench.outcome", "bench.plan", "bench.seal", "bench.stopping",
    "bench.capability", "bench.energy", "bench.loss", "bench.steady", "bench.throttle",
    "bench.together", "bench.disturbed", "bench.modes", "bench.tally", "bench.units",
    "bench.caches", "bench.shapes", "bench.working_sets", "bench.planning", "bench.profile",
    "bench.candidates", "bench.fitting", "bench.judgements",
    # A guarantee is judged from raw replicates by the judge that lies with the work, so that who
    # measures and who verifies use one; like the rest of this set it needs no drive.
    "storage_bench.job", "storage_bench.trial", "storage_bench.guarantee", "storage_bench.judge",
    "storage_bench.checks", "storage_bench.verdict", "storage_bench.steady",
    "storage_bench.histogram", "storage_bench.errors",
}  # fmt: skip
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
    files = sorted((ROOT / package).rglob("*.py"))
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


def test_reports_see_only_what_needs_no_hardware() -> None:
    strays = {
        (name, used)
        for name, path in modules("reports").items()
        for used in imports(path)
        if not used.startswith("reports") and used not in HARDWARE_FREE
    }

    assert strays == set()


def test_what_needs_no_hardware_imports_only_its_like() -> None:
    declarations = {"kernels", "kernels.kernel", "kernels.gemm.torch_shapes"}
    allowed = HARDWARE_FREE | declarations | {"storage_bench.media"}
    strays = {
        (name, used) for name in HARDWARE_FREE for used in imports(ALL[name]) if used not in allowed
    }

    assert strays == set()


def test_nobody_imports_the_composition_root() -> None:
    importers = {
        name
        for name, path in ALL.items()
        if not name.startswith("bench.cli")
        and any(used.startswith("bench.cli") for used in imports(path))
    }

    assert importers == {"bench.__main__"}


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
    "module", [*PACKAGES, "bench.cli", "bench.discover", "bench.run", "bench.worker",
               "reports.report", "reports.verify", "reports.render"]
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
        if (lines := len(path.read_text().splitlines())) > 300
    }

    assert long == {}
