"""Search for bundles."""

import os
from pathlib import Path

import pytest

from bench.errors import UsageError
from reports.verification.search import find_bundles, listed


@pytest.fixture
def racks(tmp_path: Path) -> Path:
    for place in ("a/node1/evidence", "a/node2/evidence", "b/node3/evidence"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "manifest.json").write_text("{}")
    (tmp_path / "b" / "notes").mkdir()
    return tmp_path


def names(bundles: tuple[Path, ...], root: Path) -> list[str]:
    return [str(bundle.relative_to(root)) for bundle in bundles]


def test_bundles_are_found_at_any_depth_and_in_order(racks: Path) -> None:
    assert names(find_bundles([racks]), racks) == [
        "a/node1/evidence", "a/node2/evidence", "b/node3/evidence",
    ]  # fmt: skip


def test_a_bundle_is_itself_and_each_is_there_once(racks: Path) -> None:
    bundle = racks / "a/node2/evidence"

    assert names(find_bundles([bundle, racks / "a"]), racks) == [
        "a/node2/evidence", "a/node1/evidence",
    ]  # fmt: skip


def test_a_glob_stands_for_what_it_matches(racks: Path) -> None:
    assert names(find_bundles([racks / "*" / "node[13]"]), racks) == [
        "a/node1/evidence", "b/node3/evidence",
    ]  # fmt: skip


def test_a_glob_that_matches_nothing_is_refused(racks: Path) -> None:
    with pytest.raises(UsageError, match="matches nothing"):
        find_bundles([racks / "c*"])


def test_a_folder_without_a_bundle_stands_for_itself(racks: Path) -> None:
    assert names(find_bundles([racks / "b" / "notes"]), racks) == ["b/notes"]


def test_a_run_that_never_came_to_its_end_is_not_passed_over(racks: Path) -> None:
    (racks / "b" / "node4" / "evidence").mkdir(parents=True)
    (racks / "b" / "node4" / "evidence" / "plan.json").write_text("{}")

    assert names(find_bundles([racks / "b"]), racks) == [
        "b/node3/evidence", "b/node4/evidence",
    ]  # fmt: skip


def test_every_zip_file_of_a_folder_counts_and_is_in_its_place(racks: Path) -> None:
    for name in ("a/node1.zip", "a/node3.ZIP", "b/notes/no-zip", "a/node1/evidence/inside.zip"):
        (racks / name).write_text("")
    (racks / "a" / "folder.zip").mkdir()
    os.symlink(racks / "a" / "node1.zip", racks / "b" / "link.zip")

    assert names(find_bundles([racks]), racks) == [
        "a/node1/evidence", "a/node1.zip", "a/node2/evidence", "a/node3.ZIP", "b/node3/evidence",
    ]  # fmt: skip
    assert names(find_bundles([racks / "a" / "*.zip"]), racks) == ["a/folder.zip", "a/node1.zip"]


def test_a_zip_file_stands_for_itself(racks: Path) -> None:
    (racks / "node.zip").write_text("")

    assert names(find_bundles([racks / "node.zip"]), racks) == ["node.zip"]


def test_links_inside_a_folder_are_not_followed(racks: Path) -> None:
    os.symlink(racks / "a", racks / "b" / "notes" / "again")

    assert names(find_bundles([racks / "b"]), racks) == ["b/node3/evidence"]


def test_a_list_names_paths_from_its_own_folder(racks: Path) -> None:
    (racks / "list.txt").write_text("# rack a\n\na/node1\nb\n")

    assert listed(racks / "list.txt") == (racks / "a/node1", racks / "b")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00a"])
def test_a_list_that_is_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "list").write_bytes(content)
    with pytest.raises(UsageError):
        listed(tmp_path / "list")
