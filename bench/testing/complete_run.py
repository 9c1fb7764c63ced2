"""A simulated run of the profile ci, for tests: every number as an honest run has it.

No clock and no kernel takes part: what the rules of an audit hold against each other is computed
here from one speed. Such evidence says SIMULATED and can never be certified.
"""

from hashlib import sha256

from bench import __version__
from bench.analysis import conclude
from bench.analysis.tick_histogram import merge
from bench.evidence import Evidence, Tool
from bench.evidence.codec import replace
from bench.evidence.outcome import (
    Disturbance,
    Measured,
    MeasuredIO,
    Outcome,
    Reading,
    Readings,
    Sample,
    Samples,
    TickHistogram,
    WorkerTicks,
)
from bench.evidence.plan import KernelCase, StorageCase
from bench.planning import plan
from bench.planning.cases import StorageWay
from bench.planning.profile import load
from bench.testing.machine import simulated_inventory
from storage_bench.job import Direction, JobResult, Latency

_COUNTER_HZ = 2e9
_CHUNKS_PER_PROBE = 5
_CHUNKS = {"fma": 640, "stream.copy": 10, "stream.triad": 10}
_ERRORS = {("gemm", "fp32"): 2e-7, ("gemm", "fp64"): 3e-16, ("fma", "fp64"): 1e-12}
_TOLERANCES = {("gemm", "fp32"): 3e-6, ("gemm", "fp64"): 5.6e-15, ("fma", "fp64"): 6e-11}
_BITS = {"fp32": 32, "fp64": 64}


def simulated_run(hostname: str = "honest", cores: int = 4) -> Evidence:
    """The whole profile on cores with AVX2 at 2 GHz; no two hosts have the same samples."""
    inventory = simulated_inventory(hostname, cores)
    inventory = replace(inventory, host=replace(inventory.host, boot_id=f"boot of {hostname}"))
    planned = plan(inventory, *load("ci"), StorageWay("native", "native-io_uring", "/data"))
    outcomes: list[Outcome] = []
    now_s, shift_s = 100.0, int.from_bytes(sha256(hostname.encode()).digest()[:4]) * 1e-15
    for case, repeat in planned.scheduled_cases():
        if isinstance(case, StorageCase):
            outcomes.append(_stored(case, repeat))
            now_s += 1.5
        else:
            assert isinstance(case, KernelCase)
            outcomes.append(_computed(case, repeat, now_s, 1e-5 * len(outcomes) + shift_s))
            now_s += 1.0
    return conclude(
        Tool("capbench", __version__, "0" * 64), f"run of {hostname}",
        "2025-07-01T08:00:00+00:00", "2025-07-01T08:00:30+00:00",
        inventory, planned, tuple(outcomes), None,
    )  # fmt: skip


def _computed(case: KernelCase, repeat: int, began_s: float, slower: float) -> Measured:
    """Samples of 160 ms until the case's stopping rule ends them; no two processes alike."""
    ops, moved = _work(case)
    chunks = _CHUNKS.get(case.kernel)
    samples: list[Sample] = []
    stopped, now_s = None, 0.0
    while stopped is None:
        duration_s = 0.16 * (1 + 1e-4 * len(samples) + slower)
        samples.append(Sample(now_s, duration_s, 1, Disturbance(0.0, 0.0, 0.0)))
        now_s += duration_s + 0.001
        stopped = case.stopping.decide([sample.duration_s for sample in samples])
    key = (case.kernel, case.precision)
    return Measured(
        case.id, repeat, ops, moved, Samples.of(samples),
        Readings.of((Reading(0.0, 0.5), Reading(now_s, 0.6))),
        error=_ERRORS.get(key, 0.0),
        tolerance=_TOLERANCES.get(key, 0.0),
        stopped=str(stopped),
        executed={"vector": "256 bit", "chains": "12"} if case.kernel == "fma" else {},
        ticks=() if chunks is None else _ticks(case, samples, chunks),
        counter_hz=None if chunks is None else _COUNTER_HZ,
        began_at_s=began_s,
    )  # fmt: skip


def _work(case: KernelCase) -> tuple[int, int]:
    """Operations and bytes of one launch."""
    match case.kernel, case.shape:
        case "gemm", (m, n, k):
            return 2 * m * n * k, 8 * m * n
        case "fma", (chunks, instructions):
            # 12 registers of 256 bits, in passes of two steps each.
            lanes = 256 // _BITS[case.precision]
            return len(case.cpus) * chunks * 4 * 12 * lanes * -(-instructions // 24), 0
        case "stream.copy", (elements,):
            return 0, 16 * elements
        case "stream.triad", (elements,):
            return 2 * elements, 24 * elements
        case kernel, shape:
            raise ValueError(f"the profile ci has no {kernel} over {shape}")


def _ticks(case: KernelCase, samples: list[Sample], chunks: int) -> tuple[WorkerTicks, ...]:
    """Every worker counted for 98 % of each sample, at one core cycle a tick."""
    ops, moved = _work(case)
    work = (moved if case.unit == "B/s" else ops) // len(case.cpus) // chunks
    ticks = [int(0.98 * sample.duration_s * _COUNTER_HZ / chunks) >> 10 << 10 for sample in samples]
    probed = case.kernel == "fma"
    count = chunks // _CHUNKS_PER_PROBE if probed else 0
    return tuple(
        WorkerTicks(
            cpu=cpu,
            ops_per_chunk=work,
            work=merge(TickHistogram((each,), (chunks,)) for each in ticks),
            cycles_per_probe=2560 if probed else 0,
            probe=TickHistogram((2560,), (count * len(ticks),)) if probed else TickHistogram(),
            cycles=merge(TickHistogram((each,), (count,)) for each in ticks if probed),
            chunks=(chunks,) * len(ticks),
            spent_ticks=tuple(each * chunks + 2560 * count for each in ticks),
            median_ticks=tuple(ticks),
        )
        for cpu in case.cpus
    )


def _stored(case: StorageCase, repeat: int) -> MeasuredIO:
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
    readings = Readings.of((Reading(0.0, 0.5),))
    return MeasuredIO(case.id, repeat, result, readings, Disturbance(), {})
