"""Evidence as a folder."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.errors import Incomplete, InvalidEvidence, UsageError
from bench.evidence import Evidence
from bench.evidence import bundle_reader as bundles
from bench.evidence.bundle_reader import read, unfinished
from bench.evidence.bundle_writer import BundleWriter, write_atomically
from bench.evidence.codec import canonical, replace
from bench.evidence.container import limits
from bench.evidence.manifest import NAME, seal
from bench.evidence.shape_search import ShapeSearch, ShapeTrial


def test_what_was_written_is_read_back(bundle: Path, evidence: Evidence) -> None:
    assert read(bundle) == evidence


def test_outcomes_are_saved_before_the_run_ends(evidence: Evidence, tmp_path: Path) -> None:
    writer = BundleWriter(tmp_path / "evidence", evidence.inventory, evidence.plan)
    writer.add(evidence.outcomes[0])

    saved = list((tmp_path / "evidence" / "outcomes").iterdir())

    assert len(saved) == 1
    with pytest.raises(InvalidEvidence, match="did not come to its end"):
        read(tmp_path / "evidence")


def test_a_plan_whose_shapes_were_chosen_since_takes_the_place_of_the_first(
    evidence: Evidence, tmp_path: Path
) -> None:
    plan = evidence.plan
    search = ShapeSearch("gemm", "torch", "bf16", ("GPU-0",), (ShapeTrial((64, 64, 64), 1e12),))
    writer = BundleWriter(tmp_path / "evidence", evidence.inventory, plan)
    writer.replan(replace(plan, searches=(search,)))
    writer.finish(replace(evidence, outcomes=()))

    assert read(tmp_path / "evidence").plan == replace(plan, searches=(search,))


def begun(evidence: Evidence, folder: Path, interrupted: str | None) -> BundleWriter:
    """The first outcome of a run, saved, and nothing sealed."""
    writer = BundleWriter(folder, evidence.inventory, evidence.plan)
    run = bundles.Run(1, evidence.tool, evidence.run_id, "then", "then", interrupted)
    writer.begin(run)
    writer.add(evidence.outcomes[0])
    return writer


def test_a_run_that_was_killed_is_read_and_gone_on_with(evidence: Evidence, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    begun(evidence, folder, "killed")
    (folder / "outcomes" / "half.json.partial").write_text("{")

    found = unfinished(folder)
    writer = BundleWriter(folder, found.inventory, found.plan, reopened=True)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)

    assert (found.run.run_id, found.outcomes) == (evidence.run_id, evidence.outcomes[:1])
    assert read(folder) == evidence


def test_a_seal_comes_off_only_where_it_is_true_and_the_run_did_not_end(
    evidence: Evidence, tmp_path: Path
) -> None:
    ended, cut = tmp_path / "ended", tmp_path / "cut"
    begun(evidence, ended, "killed").finish(evidence)
    begun(evidence, cut, "killed").finish(replace(evidence, interrupted="by the user"))
    (cut / "outcomes").joinpath(next(iter(os.listdir(cut / "outcomes")))).write_text("{}")

    with pytest.raises(UsageError, match="came to its end"):
        unfinished(ended)
    with pytest.raises(InvalidEvidence, match="was changed"):
        unfinished(cut)
    with pytest.raises(InvalidEvidence, match="is not there"):
        unfinished(tmp_path / "nothing")


@pytest.mark.parametrize("name", ["not-there", "file", "empty"])
def test_what_is_no_bundle_is_refused_with_the_next_step(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()

    with pytest.raises(InvalidEvidence, match=r"Give the evidence/ folder") as caught:
        read(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_truncated_file_is_named(bundle: Path) -> None:
    path = bundle / "plan.json"
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(InvalidEvidence, match=r"plan\.json was changed"):
        read(bundle)


def test_a_symbolic_link_is_refused(bundle: Path) -> None:
    (bundle / "link.json").symlink_to(bundle / "plan.json")

    with pytest.raises(InvalidEvidence, match=r"link\.json is a symbolic link"):
        read(bundle)


def test_a_foreign_folder_that_was_sealed_properly_is_still_no_evidence(tmp_path: Path) -> None:
    (tmp_path / "cat.json").write_bytes(b'"meow"\n')
    (tmp_path / NAME).write_bytes(seal(bundles.FORMAT, {"cat.json": b'"meow"\n'}))

    with pytest.raises(InvalidEvidence, match=r"run\.json is missing"):
        read(tmp_path)


def test_a_resealed_bundle_with_an_unknown_key_is_refused(bundle: Path) -> None:
    reseal(bundle, "run.json", b'{"surprise":1}\n')

    with pytest.raises(InvalidEvidence, match=r'unknown key "surprise"'):
        read(bundle)


@pytest.mark.parametrize("data", [b'{ "estimates":[]}\n', b'{"estimates":[]}'])
def test_a_resealed_bundle_in_another_form_is_refused(bundle: Path, data: bytes) -> None:
    reseal(bundle, "estimates.json", data)

    with pytest.raises(InvalidEvidence, match="not in canonical form"):
        read(bundle)


def test_a_field_that_is_left_out_is_refused_although_it_has_a_default(bundle: Path) -> None:
    known = json.loads((bundle / "inventory.json").read_bytes())
    assert known["devices"][0].pop("accelerator") is None
    reseal(bundle, "inventory.json", canonical(known))

    with pytest.raises(InvalidEvidence, match=r"inventory\.json is not in canonical form"):
        read(bundle)


def test_a_stray_file_that_was_resealed_is_refused(bundle: Path) -> None:
    reseal(bundle, "note.json", b"{}\n")

    with pytest.raises(InvalidEvidence, match=r"note\.json is no part of evidence"):
        read(bundle)


def test_a_format_in_the_run_that_the_manifest_does_not_have_is_refused(bundle: Path) -> None:
    run = (bundle / "run.json").read_bytes()
    reseal(bundle, "run.json", run.replace(b'"format":2', b'"format":3'))

    with pytest.raises(InvalidEvidence, match=r"run\.json is of format 3, manifest\.json of 2"):
        read(bundle)


def test_more_bytes_than_a_bundle_has_are_not_read(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 2000)

    with pytest.raises(InvalidEvidence, match="past the limits of a bundle"):
        read(bundle)


def test_another_format_is_refused_by_its_number(bundle: Path) -> None:
    files = {
        p.relative_to(bundle).as_posix(): p.read_bytes()
        for p in bundle.rglob("*.json")
        if p.name != NAME
    }
    (bundle / NAME).write_bytes(seal(bundles.FORMAT + 1, files))

    with pytest.raises(InvalidEvidence, match="format 3; this capbench reads format 2"):
        read(bundle)


def test_an_existing_folder_is_never_written_into(bundle: Path, evidence: Evidence) -> None:
    with pytest.raises(UsageError, match="exists already"):
        BundleWriter(bundle, evidence.inventory, evidence.plan)


def test_a_place_that_cannot_be_written_to_is_a_usage_error(
    tmp_path: Path, evidence: Evidence
) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match="cannot be made"):
        BundleWriter(tmp_path / "file" / "evidence", evidence.inventory, evidence.plan)


def test_a_full_disk_leaves_the_old_file_and_no_half_of_the_new_one(
    tmp_path: Path, evidence: Evidence, full_disk: Path
) -> None:
    write_atomically(full_disk / "small.json", b"kept")

    with pytest.raises(Incomplete, match="No space left on device"):
        write_atomically(full_disk / "small.json", b"x" * (4 << 20))

    assert [p.name for p in full_disk.iterdir()] == ["small.json"]
    assert (full_disk / "small.json").read_bytes() == b"kept"


@pytest.fixture
def full_disk(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A real file system of one mebibyte; needs the right to mount."""
    folder = tmp_path / "full"
    folder.mkdir()
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o size=1m tmpfs {folder} 2>/dev/null"):
        pytest.skip("mounting a small file system needs root")
    yield folder
    os.system(f"umount {folder}")


def test_the_order_of_outcomes_in_memory_is_the_order_of_the_files(evidence: Evidence) -> None:
    assert evidence == replace(
        evidence,
        outcomes=tuple(sorted(evidence.outcomes, key=lambda o: f"{o.case_id}.{o.repeat}.json")),
    )


def test_a_copy_on_another_machine_is_the_same_evidence(
    bundle: Path, evidence: Evidence, tmp_path: Path
) -> None:
    shutil.copytree(bundle, tmp_path / "elsewhere")

    assert canonical(read(tmp_path / "elsewhere")) == canonical(evidence)


def reseal(bundle: Path, name: str, data: bytes) -> None:
    """What a forger does who knows how a manifest is made."""
    (bundle / name).write_bytes(data)
    files = {
        p.relative_to(bundle).as_posix(): p.read_bytes()
        for p in bundle.rglob("*.json")
        if p.name != NAME
    }
    (bundle / NAME).write_bytes(seal(bundles.FORMAT, files))


def flipped(bundle: Path, step: int | None) -> Iterator[str]:
    """Flip bytes of every file, one at a time, and put each back; every `step`th, or the middle."""
    for path in sorted(p for p in bundle.rglob("*") if p.is_file()):
        whole = path.read_bytes()
        for place in [len(whole) // 2] if step is None else range(0, len(whole), step):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            yield f"{path.name}, byte {place}"
        path.write_bytes(whole)


@pytest.mark.parametrize("step", [None, pytest.param(1, marks=pytest.mark.slow)])
def test_every_flipped_byte_is_found(bundle: Path, step: int | None) -> None:
    missed = []
    for place in flipped(bundle, step):
        try:
            read(bundle)
        except InvalidEvidence:
            continue
        missed.append(place)

    assert missed == []
