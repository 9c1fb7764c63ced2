"""Every fault of a TOML file is one line with its place and the next step."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.errors import UsageError
from reports.declarations import capacity_plan, facility, policy


@pytest.mark.parametrize("load", [facility.load, policy.load, capacity_plan.load])
@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (None, "found no such file"),
        (b"name = ", "not TOML"),
        (b"\xff\xfe", "not TOML"),
        (b"typo = 1\n", 'unknown key "typo"'),
        (b"", "is missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_one_line(
    load: Callable[[Path], object], content: bytes | None, wanted: str, tmp_path: Path
) -> None:
    path = tmp_path / "given.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UsageError) as caught:
        load(path)

    assert wanted in str(caught.value)
    assert str(path) in caught.value.message
    assert "shows the form" in caught.value.next_step
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("load", [facility.load, policy.load, capacity_plan.load])
def test_a_folder_in_place_of_a_file_is_told(
    load: Callable[[Path], object], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="Is a directory"):
        load(tmp_path)


@pytest.mark.parametrize("load", [policy.load, capacity_plan.load])
def test_a_name_that_is_not_known_lists_those_that_are(load: Callable[[str], object]) -> None:
    with pytest.raises(UsageError, match="There is no") as caught:
        load("fp31")

    assert "Give one of" in caught.value.next_step
