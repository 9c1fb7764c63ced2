"""The manifest."""

import json

import pytest

from bench.errors import InvalidEvidence
from bench.evidence.manifest import check, seal

FILES = {"a.json": b"{}\n", "outcomes/b.json": b"[]\n"}


def test_a_manifest_is_true_of_the_files_it_was_made_from() -> None:
    manifest = check(seal(1, FILES), FILES)

    assert [entry.path for entry in manifest.files] == ["a.json", "outcomes/b.json"]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({**FILES, "a.json": b"[]\n"}, "a.json was changed"),
        ({"a.json": b"{}\n"}, "outcomes/b.json is listed"),
        ({**FILES, "c.json": b""}, "c.json is there and not listed"),
    ],
)
def test_a_changed_missing_or_added_file_is_named(files: dict[str, bytes], fault: str) -> None:
    with pytest.raises(InvalidEvidence, match=fault):
        check(seal(1, FILES), files)


def test_every_flipped_byte_of_the_manifest_itself_is_noticed() -> None:
    data = seal(1, FILES)
    verdicts = []
    for position in range(len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 1
        with pytest.raises(InvalidEvidence) as caught:
            check(bytes(flipped), FILES)
        verdicts.append("manifest.json" in str(caught.value))

    assert all(verdicts)


def test_a_manifest_rewritten_with_other_spacing_is_not_ours() -> None:
    loose = json.dumps(json.loads(seal(1, FILES))).encode()

    with pytest.raises(InvalidEvidence, match="canonical"):
        check(loose, FILES)
