"""Many bundles, verified side by side, and their kept summaries."""

from pathlib import Path

import pytest

from bench.evidence import Evidence
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.evidence.container.packing import pack
from bench.testing.complete_run import simulated_run
from reports.performance import analyse
from reports.report import build
from reports.report.fleet import MAX_WARNINGS, SHOWN, first_warnings, worth_showing
from reports.verification import fleet, verify
from reports.verification.fleet import examine_all
from reports.verification.kept_summaries import Summaries


def written(evidence: Evidence, folder: Path) -> Path:
    evidence = replace(evidence, inventory=replace(evidence.inventory, simulated=False))
    writer = BundleWriter(folder, evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)
    return folder


@pytest.fixture
def bundles(tmp_path: Path) -> list[Path]:
    return [written(simulated_run(f"node{i}"), tmp_path / f"node{i}") for i in range(3)]


@pytest.fixture
def kept(tmp_path: Path) -> Summaries:
    return Summaries(tmp_path / "summaries")


def flip(bundle: Path) -> None:
    """Change one digit of a sample."""
    path = next((bundle / "outcomes").iterdir())
    path.write_text(path.read_text().replace("1", "2", 1))


@pytest.mark.parametrize("processes", [1, 2])
def test_each_is_what_it_is_by_itself(bundles: list[Path], processes: int) -> None:
    found = list(examine_all(bundles, condensed=False, processes=processes))

    assert [each.machine for each in found] == [analyse(verify(bundle)) for bundle in bundles]


def test_one_that_fails_is_named_and_the_rest_goes_on(bundles: list[Path]) -> None:
    flip(bundles[1])
    first, second, third = examine_all(bundles, condensed=False)

    assert (first.reason, second.machine, third.reason) == (None, None, None)
    assert "was changed" in str(second.reason)


def test_what_was_kept_is_not_verified_again(
    bundles: list[Path], kept: Summaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = list(examine_all(bundles, condensed=True, summaries=kept, processes=1))
    monkeypatch.setattr(fleet, "verify", lambda bundle: pytest.fail("verified again"))

    assert list(examine_all(bundles, condensed=True, summaries=kept, processes=1)) == fresh


def test_a_summary_is_met_again_in_the_other_form(
    bundles: list[Path], kept: Summaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = [tmp_path / f"{bundle.name}.zip" for bundle in bundles]
    for bundle, path in zip(bundles, packed, strict=True):
        pack(bundle, path)
    fresh = list(examine_all(packed, condensed=True, summaries=kept, processes=1))
    monkeypatch.setattr(fleet, "verify", lambda bundle: pytest.fail("verified again"))
    found = list(examine_all(bundles, condensed=True, summaries=kept, processes=1))

    assert [each.machine for each in found] == [each.machine for each in fresh]
    assert all(each.machine for each in fresh)


def test_a_changed_byte_never_meets_what_was_kept(bundles: list[Path], kept: Summaries) -> None:
    list(examine_all(bundles, condensed=True, summaries=kept))
    flip(bundles[2])
    *_, last = examine_all(bundles, condensed=True, summaries=kept)

    assert last.machine is None


def test_another_verifier_has_other_summaries(bundles: list[Path], tmp_path: Path) -> None:
    one, other = Summaries(tmp_path / "one"), Summaries(tmp_path / "other")
    list(examine_all(bundles, condensed=True, summaries=one))
    manifest = (bundles[0] / "manifest.json").read_bytes() + b"condensed"

    assert one.get(manifest) is not None
    assert other.get(manifest) is None


@pytest.mark.parametrize("damage", [b"", b"\x00" * 100])
def test_a_damaged_summary_is_made_again(
    bundles: list[Path], kept: Summaries, damage: bytes
) -> None:
    fresh = list(examine_all(bundles, condensed=True, summaries=kept))
    for path in kept.folder.rglob("*"):
        if path.is_file():
            path.write_bytes(damage)

    assert list(examine_all(bundles, condensed=True, summaries=kept)) == fresh


def test_where_nothing_can_be_kept_everything_is_verified(bundles: list[Path]) -> None:
    nowhere = Summaries(Path("/proc/nowhere"))

    assert all(e.machine for e in examine_all(bundles, condensed=True, summaries=nowhere))


def test_of_a_fleet_the_worst_are_shown_and_all_are_counted() -> None:
    from reports.report.testing import analysed

    (machine,) = analysed((simulated_run("node"),))
    slow = replace_host(machine, "slow", 0.5)
    machines = [*(replace_host(machine, f"node{i}", 1.0) for i in range(60)), slow]
    report = build(machines)

    assert 60 in worth_showing(machines)
    assert len(report.shown) == SHOWN
    assert {each.machines for each in report.fleet} == {61}
    assert report.fleet[0].lowest == "slow"
    assert [group.nodes for group in report.facility.groups] == [61]


def replace_host(machine, name: str, speed: float):  # type: ignore[no-untyped-def]
    from dataclasses import replace as changed

    host = replace(machine.inventory.host, hostname=name)
    return changed(
        machine,
        run_id=name,
        identities=(("one run", name),),
        inventory=replace(machine.inventory, host=host),
        estimates=tuple(replace(e, value=e.value * speed) for e in machine.estimates),
    )


def test_of_many_warnings_the_gravest_come_first_and_the_others_are_counted() -> None:
    warnings = [*(f"audit: {i}" for i in range(MAX_WARNINGS)), "ERROR: it"]

    assert first_warnings(warnings, 61)[0] == "ERROR: it"
    assert first_warnings(warnings, 61)[-1] == "1 more warnings are in report.json"
    assert first_warnings(warnings, 2) == tuple(warnings)
