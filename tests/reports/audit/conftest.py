"""One bundle that every rule is content with, and how to forge another one from it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.evidence import Evidence, Tool, conclude
from bench.outcome import (
    Disturbance,
    Measured,
    MeasuredIO,
    Outcome,
    Reading,
    Sample,
    Tally,
    WorkerTicks,
)
from bench.plan import Case, KernelCase, StorageCase
from bench.planning import StorageWay, plan
from bench.profile import load
from bench.testing import simulated_inventory
from storage_bench.job import Direction, JobResult, Latency

COUNTER_HZ = 2e9
CHUNKS = {"fma": 256, "stream.copy": 10, "stream.triad": 10}
ERRORS = {("gemm", "fp32"): 2e-7, ("gemm", "fp64"): 3e-16, ("fma", "fp64"): 1e-12}

Forge = Callable[..., Evidence]


@pytest.fixture(scope="session")
def golden() -> Evidence:
    """The profile ci on two cores with AVX2 at 2 GHz, every number as an honest run has it."""
    inventory = replace(simulated_inventory("honest", cores=2), simulated=False)
    host = replace(inventory.host, boot_id="8e2f6c1e-0000-4000-8000-000000000001")
    inventory = replace(inventory, host=host)
    planned = plan(inventory, *load("ci"), StorageWay("native", "native-io_uring", "/data"))
    outcomes: list[Outcome] = []
    now_s = 100.0
    for case, repeat in planned.rounds():
        if isinstance(case, StorageCase):
            outcomes.append(stored(case, repeat))
            now_s += 1.5
        else:
            outcomes.append(computed(case, repeat, now_s, seed=len(outcomes)))
            now_s += 1.0
    return conclude(
        Tool("capbench", "0.1.0", "0" * 64), "11111111-0000-4000-8000-000000000000",
        "2025-07-01T08:00:00+00:00", "2025-07-01T08:00:30+00:00",
        inventory, planned, tuple(outcomes), None,
    )  # fmt: skip


def computed(case: KernelCase, repeat: int, began_s: float, seed: int) -> Measured:
    """Samples of 160 ms until the case's stopping rule ends them; no two processes alike."""
    ops, moved = {
        "gemm": lambda m, n, k: (2 * m * n * k, 8 * m * n),
        # 12 registers of 256 bits, in passes of two steps each.
        "fma": lambda chunks, steps: (
            len(case.cpus) * chunks * 4 * 12 * (256 // (8 * width(case))) * -(-steps // 24), 0
        ),
        "stream.copy": lambda elements: (0, 16 * elements),
        "stream.triad": lambda elements: (2 * elements, 24 * elements),
    }[case.kernel](*case.shape)  # fmt: skip
    chunks = CHUNKS.get(case.kernel)
    samples: list[Sample] = []
    stopped, now_s = None, 0.0
    while stopped is None:
        duration_s = 0.16 * (1 + 1e-4 * len(samples) + 1e-5 * seed)
        workers = ()
        if chunks is not None:
            work = moved if case.unit == "B/s" else ops
            tick = int(0.98 * duration_s * COUNTER_HZ / chunks) >> 10 << 10
            workers = tuple(
                WorkerTicks(
                    cpu,
                    work // len(case.cpus) // chunks,
                    Tally((tick,), (chunks,)),
                    2560 if case.kernel == "fma" else 0,
                    Tally((2560,), (chunks,)) if case.kernel == "fma" else Tally((), ()),
                )
                for cpu in case.cpus
            )
        samples.append(Sample(now_s, duration_s, 1, Disturbance(0.0, 0.0, 0.0), workers))
        now_s += duration_s + 0.001
        stopped = case.stopping.decide([sample.duration_s for sample in samples])
    tolerance = {"gemm": {"fp32": 3e-6, "fp64": 5.6e-15}, "fma": {"fp32": 0.0, "fp64": 6e-11}}
    return Measured(
        case.id, repeat, ops, moved, tuple(samples), (Reading(0.0, 0.5), Reading(now_s, 0.6)),
        error=ERRORS.get((case.kernel, case.precision), 0.0),
        tolerance=tolerance.get(case.kernel, {}).get(case.precision, 0.0),
        stopped=str(stopped),
        executed={"vector": "256 bit", "chains": "12"} if case.kernel == "fma" else {},
        counter_hz=COUNTER_HZ if chunks else None,
        began_at_s=began_s,
    )  # fmt: skip


def width(case: KernelCase) -> int:
    return {"fp32": 4, "fp64": 8}[case.precision]


def stored(case: StorageCase, repeat: int) -> MeasuredIO:
    """A closed loop of 100000 operations a second, all of them equally slow."""
    total = 100_000 + 10 * repeat
    reads = round(total * case.job.read_share)
    took_ns = round(case.job.depth * 1e9 / total)

    def way(ios: int) -> Direction | None:
        latency = Latency((took_ns,), (ios,), took_ns, took_ns)
        return Direction(ios, ios * case.job.block_bytes, latency) if ios else None

    result = JobResult(
        "native", "0.1.0", "io_uring", case.job.duration_s, way(reads), way(total - reads), ()
    )
    return MeasuredIO(case.id, repeat, result, (Reading(0.0, 0.5),), Disturbance(), {})


@pytest.fixture
def forge(golden: Evidence) -> Forge:
    """The golden bundle with changes, sealed anew by somebody who can: estimates follow again.

    `outcome` changes every outcome of `metric`, or of one repeat; `case` changes its case, and
    `plan`, `inventory` and `run` their fields.
    """

    def make(
        metric: str = "",
        *,
        repeat: int | None = None,
        outcome: Callable[[Any], Outcome] | None = None,
        case: Callable[[Any], Case] | None = None,
        **fields: Any,
    ) -> Evidence:
        planned, outcomes = golden.plan, list(golden.outcomes)
        cases: list[Case] = []
        for old in planned.cases:
            new = case(old) if case is not None and old.metric == metric else old
            cases.append(new)
            for i, each in enumerate(outcomes):
                if each.case_id != old.id:
                    continue
                if outcome is not None and old.metric == metric and repeat in (None, each.repeat):
                    each = outcome(each)
                outcomes[i] = replace(each, case_id=new.id)
        fields.setdefault("plan", replace(planned, cases=tuple(cases)))
        changed = replace(golden, outcomes=tuple(outcomes), **fields)
        return conclude(
            changed.tool, changed.run_id, changed.started_at, changed.finished_at,
            changed.inventory, changed.plan, changed.outcomes, changed.interrupted,
        )  # fmt: skip

    return make
