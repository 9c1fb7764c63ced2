"""Profiles as files."""

from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.planning.profile import load, names


def test_the_profiles_are_there_and_can_be_read() -> None:
    assert names() == ("accept", "ci", "full", "quick")
    assert [load(name)[0].name for name in names()] == ["accept", "ci", "full", "quick"]


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="Give one of accept, ci, full, quick"):
        load("thorough")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("seed", "sead", 'unknown key "sead"'),
        ("repeats = 3", "repeats = 1", "one process gives no interval"),
        ("depth = 32", 'depth = "deep"', "wanted int, found 'deep'"),
        ("[stopping]", "[stopping", "is not a profile"),
    ],
)
def test_a_fault_in_a_profile_is_one_line_with_its_place(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    quick = Path(__file__).parents[3] / "bench" / "planning" / "profiles" / "quick.toml"
    mine = tmp_path / "mine.toml"
    mine.write_text(quick.read_text().replace(old, new))

    with pytest.raises(UsageError, match=fault) as caught:
        load(str(mine))
    assert "\n" not in str(caught.value)


def test_the_digest_is_that_of_the_file() -> None:
    import hashlib

    quick = Path(__file__).parents[3] / "bench" / "planning" / "profiles" / "quick.toml"

    assert load("quick")[1] == hashlib.sha256(quick.read_bytes()).hexdigest()
