"""A simulated machine whose every figure is known in advance."""

from collections.abc import Mapping, Sequence

from bench.analysis import conclude
from bench.evidence import Evidence, Tool
from bench.evidence.inventory import Absent, Cache, Core, Device, Host, Inventory, Processor
from bench.evidence.outcome import Outcome
from bench.evidence.plan import KernelCase, Plan
from bench.evidence.stopping import StoppingRule
from bench.execution.case_runners import run_kernel
from bench.execution.protocol import Assignment
from bench.execution.runner import Execute, Listener, run_plan
from bench.testing.scripted import ScriptedWatch, SimulatedLaunch
from kernels.kernel import Kernel, Launch, Request, Work


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
    stopping = StoppingRule(min_samples=3, min_time_s=0.3, max_time_s=1.0, max_relative_error=0.5)
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
    outcomes, interrupted = run_plan(plan, inventory, lambda outcome: None, execute=execution)
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
