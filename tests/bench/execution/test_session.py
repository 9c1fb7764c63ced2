"""The session of a run."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from bench.errors import Incomplete
from bench.evidence.stopping import StoppingRule
from bench.execution.runner import Listener
from bench.execution.session import run_session
from bench.execution.shapes import tuning
from bench.planning import plan as make_plan
from bench.planning.profile import KernelEntry, Profile
from bench.testing.gpu_node import SimulatedNode


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
