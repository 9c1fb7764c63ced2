"""Every example in a docstring is run."""

import doctest
import importlib
import pkgutil

import pytest

PACKAGES = ("bench", "kernels", "reports", "storage_bench")


def with_examples() -> list[str]:
    """Modules that have examples; found by text, so that nothing is imported for it."""
    return [
        module.name
        for package in PACKAGES
        for module in pkgutil.walk_packages(
            importlib.import_module(package).__path__, f"{package}."
        )
        if not module.name.endswith("__main__") and has_example(module)
    ]


def has_example(module: pkgutil.ModuleInfo) -> bool:
    spec = module.module_finder.find_spec(module.name, None)  # type: ignore[call-arg]
    assert spec is not None
    assert spec.origin is not None
    with open(spec.origin, encoding="utf-8") as file:
        return ">>> " in file.read()


@pytest.mark.parametrize("name", with_examples())
def test_the_examples_are_right(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))

    assert found.attempted > 0
    assert found.failed == 0
