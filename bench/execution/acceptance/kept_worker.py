"""A worker process that is kept for one assignment after the other, and the one that follows it.

A card is had for minutes, and a process that loads torch and makes a context costs five seconds.
So one process carries out a whole round of cases; the repeats of a case still come from different
processes, since every round has a process of its own. The next one loads its libraries meanwhile.
"""

import contextlib
import os
import selectors
import subprocess
import time
from collections.abc import Callable
from typing import Protocol

from bench.evidence.codec import DecodeError, canonical, receive, replace
from bench.evidence.inventory import Device
from bench.evidence.outcome import Failed, Measured, Outcome, Reason
from bench.evidence.shape_search import ShapeTrial
from bench.execution.processes import cause, end_worker, nameless_file, start_worker
from bench.execution.protocol import Assignment, Message
from bench.machine import settings
from bench.machine.devices import backend

LIBRARIES = ("torch", "numba.cuda")
"""Loaded by a worker before it is asked for anything; neither makes a context."""
FEW_CPUS = 4
NO_TIME = "no time was left for it"
_CHUNK_BYTES = 1 << 16

Said = Callable[[Message], None]


class Worker(Protocol):
    """Who carries out the cases of one round."""

    def carry_out(self, assignment: Assignment, limit_s: float, said: Said) -> Outcome:
        """What came of it; a failure of the process is an outcome."""
        ...

    def try_shapes(self, assignment: Assignment, limit_s: float) -> tuple[ShapeTrial, ...]:
        """Every shape of the assignment, with the reason of one that ended the process."""
        ...


class KeptWorker:
    """One process for one device, started again when it has ended."""

    def __init__(
        self, device: Device, cpus: int, tell: Callable[[str], None] = lambda text: None
    ) -> None:
        """`cpus` feed the device; `tell` is told what a process said last: for the log."""
        self._device = device
        self._cpus = cpus
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None
        self._start()

    def carry_out(self, assignment: Assignment, limit_s: float, said: Said) -> Outcome:
        outcomes: list[Outcome] = []

        def answered(message: Message) -> bool:
            said(message)
            outcomes.extend(filter(None, [message.outcome]))
            return bool(outcomes)

        reason = self._ask(assignment, limit_s, answered)
        if reason is None:
            return self._named(outcomes[0])
        return Failed(assignment.case.id, assignment.repeat, reason)

    def try_shapes(self, assignment: Assignment, limit_s: float) -> tuple[ShapeTrial, ...]:
        trials: list[ShapeTrial] = []

        def answered(message: Message) -> bool:
            trials.extend(filter(None, [message.trial]))
            return len(trials) == len(assignment.shapes)

        end_s = time.monotonic() + limit_s
        while left := assignment.shapes[len(trials) :]:
            if (left_s := end_s - time.monotonic()) <= 0:
                return (*trials, *(ShapeTrial(shape, None, NO_TIME) for shape in left))
            reason = self._ask(replace(assignment, shapes=left), left_s, answered)
            if reason is None:
                break
            ended_it = left if reason.code == "timeout" else left[:1]
            trials += [ShapeTrial(shape, None, reason.text) for shape in ended_it]
        return tuple(trials)

    def _named(self, outcome: Outcome) -> Outcome:
        """With the process that measured it: cases of one process are not independent."""
        if not isinstance(outcome, Measured) or self._process is None:
            return outcome
        return replace(outcome, executed={**outcome.executed, "process": str(self._process.pid)})

    def close(self) -> None:
        """End the process; it may be asked again, and is started then."""
        if self._process is None:
            return
        end_worker(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._process = None
        self._errors.seek(0)
        if said := self._errors.read().decode(errors="replace").strip():
            self._tell(said)
        self._errors.close()

    def _start(self) -> None:
        self._errors = nameless_file()
        own = {
            **backend(self._device.backend).environment(self._device, ()),
            **settings.threads(self._cpus),
        }
        self._process = start_worker(self._errors, own, "--kept", *LIBRARIES)

    def _ask(
        self, assignment: Assignment, limit_s: float, answered: Callable[[Message], bool]
    ) -> Reason | None:
        """Listen until the message that answers; the reason, where the process did not come to it.

        Then it has been ended, as it is when the listener raises.
        """
        if self._process is None:
            self._start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        end_s, unread = time.monotonic() + limit_s, b""
        reason: Reason | None = Reason("interrupted", "the run was interrupted")
        try:
            with contextlib.suppress(BrokenPipeError), selectors.DefaultSelector() as selector:
                process.stdin.write(canonical(assignment))
                process.stdin.flush()
                selector.register(process.stdout, selectors.EVENT_READ)
                while selector.select(max(0.0, end_s - time.monotonic())):
                    data = os.read(process.stdout.fileno(), _CHUNK_BYTES)
                    if not data:
                        reason = Reason("worker-failed", self._cause(process))
                        return reason
                    *lines, unread = (unread + data).split(b"\n")
                    for line in lines:
                        if answered(receive(Message, line)):
                            reason = None
                            return reason
                reason = Reason("timeout", f"took longer than {limit_s:.0f} s and was ended")
                return reason
            reason = Reason("worker-failed", self._cause(process))
            return reason
        except DecodeError as error:
            reason = Reason("unreadable-answer", f"no answer of ours: {error}")
            return reason
        finally:
            if reason is not None:
                self.close()

    def _cause(self, process: subprocess.Popen[bytes]) -> str:
        code = process.wait()
        self._errors.seek(0)
        return cause(code, self._errors.read())


class KeptWorkers:
    """The process in use, and the next one, which loads its libraries meanwhile."""

    def __init__(
        self, device: Device, cpus: int, tell: Callable[[str], None] = lambda text: None
    ) -> None:
        self._device = device
        self._cpus = cpus
        self._tell = tell
        self._used: KeptWorker | None = None
        self._ahead: KeptWorker | None = self._make()

    def _make(self) -> KeptWorker:
        return KeptWorker(self._device, self._cpus, self._tell)

    def fresh(self) -> KeptWorker:
        """End the process in use and hand out the one that was started ahead."""
        if self._used is not None:
            self._used.close()
        self._used = self._ahead or self._make()
        # On few CPUs what it loads would be taken from the one that measures.
        self._ahead = self._make() if self._cpus >= FEW_CPUS else None
        return self._used

    def close(self) -> None:
        """End both."""
        for worker in (self._used, self._ahead):
            if worker is not None:
                worker.close()
