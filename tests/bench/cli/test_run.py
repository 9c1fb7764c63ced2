"""What Ctrl-C costs while shapes are tried, before anything is measured."""

from pathlib import Path

import pytest

from bench import tuning
from bench.cli.run import measure
from bench.errors import Incomplete
from bench.planning import plan as make_plan
from bench.profile import KernelEntry, Profile
from bench.simulated_node import SimulatedNode
from bench.stopping import Stopping


def test_ctrl_c_while_shapes_are_tried_is_incomplete_and_leaves_no_sealed_evidence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    entry = KernelEntry("gemm", ("bf16",), ("torch",), 2, device="accelerator")
    profile = Profile("simulated", "", 7, Stopping(2, 1.0, 2.0, 0.5), (entry,))
    inventory = SimulatedNode().discovered()
    monkeypatch.setattr(tuning, "in_processes", interrupted)

    with pytest.raises(Incomplete, match="before anything was measured") as caught:
        measure(inventory, make_plan(inventory, profile, "0" * 64, None), tmp_path / "out")

    assert caught.value.exit_code == 5
    assert not (tmp_path / "out" / "evidence" / "manifest.json").exists()
