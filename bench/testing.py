"""A simulated machine for tests: the real pipeline, with a clock and sensors that are scripted.

Public: whoever writes a kernel, a backend or a report can run it through `discover` to `report`
in no time and to the digit. Such evidence says SIMULATED and can never be certified.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle

from bench.evidence import Evidence, Tool, conclude
from bench.inventory import Absent, Cache, Core, Device, Host, Inventory, Processor
from bench.outcome import Disturbance, Outcome, Reading
from bench.plan import KernelCase, Plan
from bench.run import Execute, Listener, run
from bench.stopping import Stopping
from bench.worker import Assignment, run_kernel
from kernels.kernel import Kernel, Launch, Request, Ticks, Work


class ScriptedWatch:
    """A clock that moves only when something is timed: each launch takes the next duration."""

    def __init__(
        self,
        durations_s: Sequence[float],
        readings: Sequence[Reading] = (Reading(0.0),),
        disturbances: Sequence[Disturbance] = (Disturbance(),),
    ) -> None:
        self._durations_s = cycle(durations_s)
        self._readings = cycle(readings)
        self._disturbances = cycle(disturbances)
        self._now_s = 0.0

    def now_s(self) -> float:
        return self._now_s

    def time_s(self, run: Callable[[], None], launches: int) -> float:
        spent_s = 0.0
        for _ in range(launches):
            run()
            spent_s += next(self._durations_s)
        self._now_s += spent_s
        return spent_s

    def objection(self) -> str | None:
        return None

    def counter(self) -> int | None:
        return round(self._now_s * 1e9)

    def distances(self) -> tuple[int | None, ...]:
        return ()

    def read(self, at_s: float) -> Reading:
        return replace(next(self._readings), at_s=at_s)

    @property
    def reads_beside_load(self) -> bool:
        return False

    def missing_sensors(self) -> tuple[str, ...]:
        return ()

    def disturbance(self) -> Disturbance:
        return next(self._disturbances)


@dataclass(slots=True)
class SimulatedLaunch:
    """Work that is declared and not done."""

    work: Work
    tolerance: float = 1e-6
    result_error: float = 0.0
    executed: Mapping[str, str] = field(default_factory=lambda: {"library": "simulated"})
    worker_ticks: tuple[Ticks, ...] = ()
    runs: int = 0
    closed: bool = False

    def run(self) -> None:
        self.runs += 1

    def ticks(self) -> tuple[Ticks, ...]:
        return self.worker_ticks

    def error(self) -> float:
        return self.result_error

    def close(self) -> None:
        self.closed = True


def simulated_inventory(hostname: str = "simulated", cores: int = 4) -> Inventory:
    """A machine that does not exist, with every fact fixed."""
    processor = Processor(
        model_name="Simulated CPU",
        vendor=None,
        family=None,
        model=None,
        stepping=None,
        architecture="x86_64",
        isa=("avx2", "fma"),
        cores=tuple(Core((cpu,), 0, 0, None) for cpu in range(cores)),
        online_cpus=cores,
        quota_cpus=None,
        caches=(Cache(1, "Data", 32 << 10, cores), Cache(3, "Unified", 8 << 20, 1)),
        max_clock_hz=2e9,
    )
    host = Host(hostname, "Simulated OS", "0", None, "none", None, 16 << 30, processor)
    device = Device("cpu", 0, "cpu", processor.model_name, "cpu", host.memory_bytes, None)
    absent = (Absent("cuda", "a simulated machine has none"),)
    return Inventory(host, (device,), absent, None, {}, "0" * 64, simulated=True)


def simulated_execution(
    durations_s: Mapping[str, Sequence[float]],
    work: Work,
    errors: Mapping[str, float] | None = None,
) -> Execute:
    """Carries out kernel cases by script: durations of a launch by metric, results' errors too."""

    def execute(
        assignments: tuple[Assignment, ...], limit_s: float, listener: Listener
    ) -> tuple[Outcome, ...]:
        return tuple(map(carry_out, assignments))

    def carry_out(assignment: Assignment) -> Outcome:
        case = assignment.case
        assert isinstance(case, KernelCase)
        assert assignment.device is not None
        launch = SimulatedLaunch(work, result_error=(errors or {}).get(case.metric, 0.0))

        def prepare(request: Request) -> Launch:
            return launch

        kernel = Kernel(
            name=case.kernel,
            measures="bytes" if case.unit == "B/s" else "ops",
            implementations=(case.implementation,),
            precisions=(case.precision,),
            refuses=lambda request: None,
            prepare=prepare,
        )
        script = durations_s[case.metric]
        shifted = [duration * (1 + assignment.repeat / 100) for duration in script]
        return run_kernel(
            case,
            assignment.repeat,
            assignment.device,
            kernel,
            lambda: ScriptedWatch(shifted),
            lambda message: None,
        )

    return execute


def simulated_plan() -> Plan:
    """One compute case and one memory case on four cores, three repeats each."""
    stopping = Stopping(min_samples=3, min_time_s=0.3, max_time_s=1.0, max_relative_error=0.5)
    cases = tuple(
        KernelCase(
            metric=metric,
            unit=unit,
            kernel="simulated",
            implementation="script",
            precision="fp32",
            shape=(1,),
            device="cpu",
            cpus=(0, 1, 2, 3),
            seed=7,
            stopping=stopping,
            repeats=3,
        )
        for metric, unit in (("cpu.vector.fp32", "FLOP/s"), ("memory.triad", "B/s"))
    )
    return Plan("simulated", "0" * 64, (), cases)


def simulated_evidence() -> Evidence:
    """The simulated plan carried out: launches take 0.1 s and 0.2 s, 1 % more each repeat."""
    inventory, plan = simulated_inventory(), simulated_plan()
    work = Work(ops=10**9, bytes_moved=2 * 10**9)
    execution = simulated_execution({"cpu.vector.fp32": (0.1,), "memory.triad": (0.2,)}, work)
    outcomes, interrupted = run(plan, inventory, lambda outcome: None, execute=execution)
    return conclude(
        Tool("capbench", "0.0.0", "0" * 64),
        "00000000-0000-0000-0000-000000000000",
        "2025-01-01T00:00:00+00:00",
        "2025-01-01T00:01:00+00:00",
        inventory,
        plan,
        outcomes,
        interrupted,
    )
