"""The installed capbench: versions, digest of its sources, intruders into its packages."""

import importlib.metadata
import importlib.util
import platform
from functools import cache
from hashlib import sha256
from pathlib import Path

import bench
from storage_bench.engines import choose

_SOFTWARE = ("numba", "llvmlite", "numpy", "torch", "nvidia-ml-py", "numba-cuda")
PACKAGES = ("bench", "kernels", "reports", "storage_bench")


def software() -> dict[str, str]:
    """Versions of what a result may depend on; what is not installed is left out."""
    versions = {"python": platform.python_version(), "capbench": bench.__version__}
    for name in _SOFTWARE:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    fio = choose.fio_version()
    return versions | ({"fio": fio} if fio else {})


@cache
def sources_sha256() -> str:
    """Digest over the names and contents of our own source and data files."""
    root = Path(bench.__file__).parent.parent
    digest = sha256()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in (".py", ".toml", ".j2") and path.is_file():
                content = sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def intruders(root: Path = Path(bench.__file__).parent.parent) -> dict[str, set[str]]:
    """Our package names that another distribution owns too: pip overwrites without a word.

    One that is installed elsewhere harms nobody while ours are found first, as in a source tree.
    """
    owners = importlib.metadata.packages_distributions()
    found = {
        package: {
            name
            for name in set(owners.get(package, ())) - {"capbench"}
            if not (_is_found_in(root, package) and _installed_in(name) != root.resolve())
        }
        for package in PACKAGES
    }
    return {package: others for package, others in found.items() if others}


def _is_found_in(root: Path, package: str) -> bool:
    spec = importlib.util.find_spec(package)
    return spec is not None and spec.origin is not None and root in Path(spec.origin).parents


def _installed_in(distribution: str) -> Path:
    return Path(str(importlib.metadata.distribution(distribution).locate_file(""))).resolve()
