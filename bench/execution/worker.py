"""The worker process: `python -m bench.execution.worker`."""

import contextlib
import ctypes
import importlib
import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import IO, assert_never

from bench.evidence.codec import receive
from bench.evidence.outcome import Outcome
from bench.evidence.plan import GuaranteeCase, KernelCase, StorageCase
from bench.execution.case_runners import run_kernel, run_replicate, run_storage, search
from bench.execution.protocol import Assignment, Message, send
from bench.machine.cpu.affinity import confine
from bench.machine.devices import backend
from kernels import KERNELS

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Read one assignment from standard input, answer on standard output.

    Options are modules to load meanwhile, and `--kept` for one that goes on to the next assignment
    until its input ends.
    """
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # a library that prints must not write into the answers
    _die_with_parent()
    options = sys.argv[1:]
    for module in options:
        if not module.startswith("--") and find_spec(module.partition(".")[0]) is not None:
            importlib.import_module(module)
    # The parent may be gone, or may have seen enough: then nobody needs the answer.
    with contextlib.suppress(BrokenPipeError):
        while line := sys.stdin.buffer.readline():  # none, if started ahead and not needed
            _answer(receive(Assignment, line), answers)
            if "--kept" not in options:
                return


def _answer(assignment: Assignment, answers: IO[bytes]) -> None:
    if assignment.shapes:
        search(assignment, answers)
    else:
        send(answers, Message(outcome=execute_assignment(assignment, answers)))


def _die_with_parent() -> None:
    """A run that was killed leaves nothing running behind (Linux; elsewhere the pipe breaks)."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def execute_assignment(assignment: Assignment, answers: IO[bytes]) -> Outcome:
    """Run the case and say what came of it."""
    case, repeat, device = assignment.case, assignment.repeat, assignment.device

    def wait() -> None:
        if assignment.waits:
            send(answers, Message(ready=True))
            sys.stdin.buffer.readline()

    match case:
        case KernelCase():
            assert device is not None
            confine(case.cpus)
            return run_kernel(
                case,
                repeat,
                device,
                KERNELS[case.kernel],
                lambda: backend(device.backend).watch(device, case.cpus),
                lambda message: send(answers, message),
                wait,
            )
        case StorageCase():
            assert assignment.data_file is not None
            return run_storage(case, repeat, assignment.data_file)
        case GuaranteeCase():
            assert assignment.data_file is not None
            path = Path(assignment.data_file)
            return run_replicate(
                case, repeat, path, wait, lambda text: send(answers, Message(note=text))
            )
        case _:
            assert_never(case)


if __name__ == "__main__":
    main()
