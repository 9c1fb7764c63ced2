"""A guarantee on simulated storage, for tests: the real plan, judge and evidence in no time.

Of a long load one minute is simulated and counted as often as the load is long. Such evidence says
SIMULATED and can never be certified.
"""

from collections.abc import Mapping
from functools import cache

from bench import __version__
from bench.analysis import conclude
from bench.evidence import Evidence, Tool
from bench.evidence.codec import replace
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Disturbance, Failed, MeasuredReplicate, Outcome, Readings, Reason
from bench.evidence.plan import GuaranteeCase
from bench.planning.guarantee import guarantee_plan
from bench.testing.machine import simulated_inventory
from storage_bench.guarantee import definition as guarantees
from storage_bench.job import Direction, Job, JobResult, Latency
from storage_bench.observations import (
    PROOF,
    Appends,
    Counters,
    DataSample,
    Integrity,
    Part,
    Proof,
    Replicate,
)
from storage_bench.testing import SimulatedDevice

MINUTE_S = 60


def simulated_case(tier: str = "full", mount_point: str = "/data") -> GuaranteeCase:
    """The default definition on a volume of 500 GB of a machine with 16 GiB of memory."""
    demanded = guarantees.load()
    wanted = demanded.tiers[tier]
    volume_bytes, memory_bytes = 500 * 10**9, 16 << 30
    return GuaranteeCase(
        metric=f"storage.guarantee.{tier}",
        unit="IO/s",
        guarantee=demanded.id,
        guarantee_sha256=guarantees.text_sha256(demanded.id),
        tier=tier,
        capped=False,
        array_cache_bytes=0,
        volume_bytes=volume_bytes,
        memory_bytes=memory_bytes,
        needed_bytes=wanted.working_set_bytes(
            volume_bytes, memory_bytes, demanded.load.block_bytes
        ),
        seed=1,
        engine="native",
        implementation="native-simulated",
        directory=f"{mount_point}/test",
        mount_point=mount_point,
        repeats=wanted.replicates,
    )


def simulated_trial(case: GuaranteeCase, iops: float = 20_000.0, repeat: int = 0) -> Replicate:
    """What a replicate brings home from storage of this speed that is otherwise sound.

    Each is a little slower than the one before: no two loads are alike.
    """
    demanded = guarantees.load(case.guarantee)
    job = demanded.job(demanded.tiers[case.tier], case.needed_bytes, case.seed)
    result, blocks = _load(job, iops, 0.0002 + 0.00002 * repeat), job.size_bytes // job.block_bytes
    return Replicate(
        size_bytes=case.needed_bytes,
        result=result,
        seen=Counters(result.ios, result.io_bytes, 0, 0),
        sequential_bytes_per_s=1e9,
        bypass=Proof(tuple(Part(name, True, "simulated") for name in PROOF)),
        data=DataSample(demanded.data.sample_blocks, 1.001, 0),
        integrity=Integrity(blocks, 1000, blocks - 3000, 2000, 0, 0, ()),
        appends=Appends("native 0", 2300, 10_029, Latency((500_000,), (10_029,), 5 * 10**5, 10**6)),
    )


def simulated_outcome(case: GuaranteeCase, repeat: int, trial: Replicate) -> MeasuredReplicate:
    """The same as an outcome."""
    return MeasuredReplicate(
        case.id, repeat, trial, Readings(), Disturbance(), {"engine": "native 0"},
        "2025-01-01T00:00:00+00:00",
    )  # fmt: skip


def simulated_guarantee(
    case: GuaranteeCase | None = None,
    iops: Mapping[int, float] | float = 20_000.0,
    failures: Mapping[int, str] | None = None,
    inventory: Inventory | None = None,
    run_id: str = "00000000-0000-0000-0000-000000000000",
) -> Evidence:
    """A whole run: speeds by replicate or of all, and why replicates failed."""
    case = case or simulated_case()
    outcomes: list[Outcome] = []
    for repeat in range(case.repeats):
        if failures and repeat in failures:
            outcomes.append(Failed(case.id, repeat, Reason("storage", failures[repeat])))
            continue
        speed = iops[repeat] if isinstance(iops, Mapping) else iops
        outcomes.append(simulated_outcome(case, repeat, simulated_trial(case, speed, repeat)))
    return conclude(
        Tool("capbench", __version__, "0" * 64),
        run_id,
        "2025-01-01T00:00:00+00:00",
        "2025-01-01T04:00:00+00:00",
        inventory or simulated_inventory(),
        guarantee_plan(case),
        tuple(outcomes),
        None,
    )


@cache
def _load(job: Job, iops: float, latency_s: float) -> JobResult:
    minutes = round(job.duration_s / MINUTE_S) if job.duration_s > 2 * MINUTE_S else 1
    simulated_s = float(MINUTE_S) if minutes > 1 else job.duration_s
    once = SimulatedDevice(iops, latency_s).run(replace(job, duration_s=simulated_s))
    seconds = int(job.duration_s)
    windows = tuple(
        replace(once.windows[i % len(once.windows)], start_s=float(i)) for i in range(seconds)
    )
    return replace(
        once,
        duration_s=job.duration_s,
        read=_often(once.read, minutes, sum(w.reads for w in windows), job),
        write=_often(once.write, minutes, sum(w.writes for w in windows), job),
        windows=windows,
    )


def _often(way: Direction | None, times: int, ios: int, job: Job) -> Direction | None:
    if way is None or way.latency is None:
        return way
    counts = tuple(count * times for count in way.latency.counts)
    return Direction(ios, ios * job.block_bytes, replace(way.latency, counts=counts))
