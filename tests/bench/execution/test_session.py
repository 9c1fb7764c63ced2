"""The session of a run."""

import os
import pty
import signal
from contextlib import nullcontext
from pathlib import Path

import pytest

from bench.errors import Incomplete
from bench.evidence.bundle_reader import read as read_bundle
from bench.evidence.outcome import Failed, Outcome, Reason
from bench.evidence.stopping import StoppingRule
from bench.execution.protocol import Assignment
from bench.execution.runner import Listener
from bench.execution.session import ends_as_interrupt, run_session
from bench.execution.shapes import tuning
from bench.planning import plan as make_plan
from bench.planning.profile import KernelEntry, Profile, load
from bench.testing.gpu_node import SimulatedNode
from bench.testing.machine import simulated_inventory


def test_ctrl_c_while_shapes_are_tried_is_incomplete_and_leaves_no_sealed_evidence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    entry = KernelEntry("gemm", ("bf16",), ("torch",), 2, device="accelerator")
    profile = Profile("simulated", "", 7, StoppingRule(2, 1.0, 2.0, 0.5), (entry,))
    inventory = SimulatedNode().discovered()
    monkeypatch.setattr(tuning, "in_processes", interrupted)

    with pytest.raises(Incomplete, match="before anything was measured") as caught:
        run_session(
            inventory,
            make_plan(inventory, profile, "0" * 64, None),
            tmp_path / "out",
            say=lambda text: None,
            follow=lambda plan: nullcontext(Listener()),
        )

    assert caught.value.exit_code == 5
    assert not (tmp_path / "out" / "evidence" / "manifest.json").exists()


def test_an_error_of_ours_leaves_a_sealed_incomplete_bundle(tmp_path: Path) -> None:
    def execute(assignments: tuple[Assignment, ...], *_: object) -> tuple[Outcome, ...]:
        (assignment,) = assignments
        case, repeat = assignment.case, assignment.repeat
        if repeat:
            raise KeyError("never foreseen")
        return (Failed(case.id, repeat, Reason("no-memory", "none")),)

    inventory = simulated_inventory()
    planned = make_plan(inventory, load("ci")[0], "0" * 64, None, ("cpu.vector.fp32.one_core",))
    said: list[str] = []

    with pytest.raises(KeyError):
        run_session(
            inventory, planned, tmp_path / "out", say=said.append,
            follow=lambda plan: nullcontext(Listener()), execute=execute,
        )  # fmt: skip

    sealed = read_bundle(tmp_path / "out" / "evidence")
    assert sealed.interrupted == "an unexpected error: KeyError: 'never foreseen'"
    assert [outcome.kind for outcome in sealed.outcomes] == ["failed", "skipped"]
    assert said[-1] == f"what was measured is sealed in {tmp_path / 'out' / 'evidence'}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_first_polite_end_is_an_interrupt_and_later_ones_are_none(
    number: signal.Signals,
) -> None:
    before = signal.getsignal(number)

    with ends_as_interrupt():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGHUP)

    assert signal.getsignal(number) is before


def test_a_hangup_that_was_ignored_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ends_as_interrupt():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminal_that_is_gone_takes_what_is_said_to_it() -> None:
    ours, theirs = pty.openpty()
    kept = os.dup(2)
    os.dup2(theirs, 2)
    try:
        with ends_as_interrupt(), pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGHUP)
        os.close(theirs)
        os.close(ours)
        os.write(2, b"sealed")
    finally:
        os.dup2(kept, 2)
        os.close(kept)
