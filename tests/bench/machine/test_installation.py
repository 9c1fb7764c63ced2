"""Packages of other distributions that bear one of our names."""

import sys
from pathlib import Path

import pytest

from bench.machine.installation import intruders


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with another distribution named kernels, behind ours on the path."""
    facts = tmp_path / "kernels-0.17.2.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: kernels\nVersion: 0.17.2\n")
    (facts / "RECORD").write_text("kernels/__init__.py,,\nkernels-0.17.2.dist-info/RECORD,,\n")
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_nothing_else_bears_our_names_here() -> None:
    assert intruders() == {}


def test_one_that_lies_elsewhere_and_is_not_found_first_harms_nobody(
    other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[3])

    assert intruders() == {}


def test_one_that_is_found_before_ours_is_named(
    other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "kernels", raising=False)

    assert intruders() == {"kernels": {"kernels"}}


def test_one_in_the_same_folder_may_have_overwritten_ours(
    other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "kernels", raising=False)

    assert intruders(root=other) == {"kernels": {"kernels"}}
