"""Worker processes: started with their assignments, followed, and ended whatever happens.

Several that wait for each other are told to begin when all of them are prepared, so that what
they measure runs at the same time.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

import bench
from bench.evidence.codec import DecodeError, canonical, receive
from bench.evidence.outcome import Failed, Outcome, Reason
from bench.evidence.plan import KernelCase
from bench.execution.protocol import Assignment, Message
from bench.machine import settings
from bench.machine.devices import backend

OnMessage = Callable[[Assignment, Message], None]
"""Is told every message of every worker."""

_CHUNK_BYTES = 1 << 16


class WarmWorker:
    """A worker that loads the compiler of the kernels while the run is still being planned.

    The first case of a processor takes it, so that its figure is not kept waiting for imports;
    it is as fresh as any other. Unused, it ends with the block.
    """

    def __init__(self) -> None:
        self._errors = nameless_file()
        self._process: subprocess.Popen[bytes] | None = start_worker(self._errors, {}, "numba")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            end_worker(self._process)
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                pipe.close()
            self._errors.close()

    def take(self, assignment: Assignment) -> tuple[subprocess.Popen[bytes], IO[bytes]] | None:
        """The process and its standard error, once, for a case that needs nothing of its own."""
        if self._process is None or assignment.device is None or assignment.device.uuid != "cpu":
            return None
        taken, self._process = self._process, None
        return taken, self._errors


def run_in_processes(
    assignments: Sequence[Assignment],
    limit_s: float,
    said: OnMessage,
    ahead: WarmWorker | None = None,
) -> tuple[Outcome, ...]:
    """One fresh process each, at the same time; what has not ended after `limit_s` is ended."""
    end_s = time.monotonic() + limit_s
    with contextlib.ExitStack() as stack:
        workers = [
            stack.enter_context(
                WorkerProcess(assignment, ahead.take(assignment) if ahead else None)
            )
            for assignment in assignments
        ]
        selector = stack.enter_context(selectors.DefaultSelector())
        for worker in workers:
            selector.register(worker.answers, selectors.EVENT_READ, worker)
        while selector.get_map() and (left_s := end_s - time.monotonic()) > 0:
            for key, _ in selector.select(left_s):
                if key.data.listen(said):
                    selector.unregister(key.fd)
            if all(worker.ready or worker.closed for worker in workers):
                for worker in workers:
                    worker.begin()
        return tuple(worker.outcome(end_s, limit_s) for worker in workers)


class WorkerProcess:
    """One process: what it was asked, what it has said so far, and what came of it."""

    def __init__(
        self,
        assignment: Assignment,
        started: tuple[subprocess.Popen[bytes], IO[bytes]] | None = None,
    ) -> None:
        self.ready = False
        self.closed = False
        """Whether it has said its last word."""
        self._assignment = assignment
        self._outcome: Outcome | None = None
        self._rubbish: DecodeError | None = None
        self._unread = b""
        if started is None:
            errors = nameless_file()
            started = start_worker(errors, environment_of(assignment)), errors
        self._process, self._errors = started
        self._tell(canonical(assignment))
        if not assignment.waits:
            self.begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        end_worker(self._process)
        self.begin()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.close()

    @property
    def answers(self) -> int:
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def begin(self) -> None:
        """Nothing more will be said to it: a worker that waits begins when its input ends."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def listen(self, said: OnMessage) -> bool:
        """Take in what it says; True after its last word."""
        data = os.read(self.answers, _CHUNK_BYTES)
        *lines, self._unread = (self._unread + data).split(b"\n")
        try:
            for line in lines:
                message = receive(Message, line)
                self.ready = self.ready or message.ready
                self._outcome = message.outcome or self._outcome
                said(self._assignment, message)
        except DecodeError as error:
            self._rubbish = error
        self.closed = not data or self._rubbish is not None
        return self.closed

    def outcome(self, end_s: float, limit_s: float) -> Outcome:
        """What came of it; a process that has not ended until then is ended."""
        case, repeat = self._assignment.case, self._assignment.repeat
        if self._rubbish is not None:
            return Failed(
                case.id, repeat, Reason("unreadable-answer", f"no answer of ours: {self._rubbish}")
            )
        try:
            code = self._process.wait(max(0.0, end_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            return Failed(
                case.id,
                repeat,
                Reason("timeout", f"took longer than {limit_s:.0f} s and was ended"),
            )
        if self._outcome is not None and code == 0:
            return self._outcome
        self._errors.seek(0)
        return Failed(case.id, repeat, Reason("worker-failed", cause(code, self._errors.read())))

    def _tell(self, data: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(data)
            self._process.stdin.flush()


def nameless_file() -> IO[bytes]:
    """What a worker says to people, in memory: there may be no folder that can be written to."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("capbench"), "w+b")
    return tempfile.TemporaryFile()


def start_worker(
    errors: IO[bytes], own: Mapping[str, str], *options: str
) -> subprocess.Popen[bytes]:
    """A worker process that waits for its assignment; it finds the same packages as we did.

    Of the environment it gets no setting of a library but those in `own`.
    """
    root = str(Path(bench.__file__).parent.parent)
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "bench.execution.worker", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**settings.cleared(os.environ), "PYTHONPATH": path, **own},
        # A group of its own: ended as a whole, with whatever it started.
        start_new_session=True,
    )


def end_worker(process: subprocess.Popen[bytes]) -> None:
    """Kill the worker and everything it started, if any of it still runs."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def environment_of(assignment: Assignment) -> Mapping[str, str]:
    """Of accelerators a worker finds those that it is given, of threads as many as its CPUs."""
    device = assignment.device
    if device is None:
        return {}
    own = backend(device.backend).environment(device, assignment.peers)
    if isinstance(assignment.case, KernelCase):
        return {**own, **settings.threads(len(assignment.case.cpus))}
    return own


def cause(code: int, errors: bytes) -> str:
    """Why a worker ended without an outcome: its signal, or the exception that it died of."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"the worker was ended by {name}"
    lines = [line for line in errors.decode(errors="replace").splitlines() if line.strip()]
    return f"the worker failed: {_last_words(lines) or f'exit code {code}'}"


def _last_words(lines: Sequence[str]) -> str:
    """The first line of the last exception: some messages go on for many lines, with advice."""
    starts = [i for i, line in enumerate(lines) if line.startswith("Traceback (most recent")]
    after = lines[starts[-1] + 1 :] if starts else ()
    said = next((line for line in after if not line.startswith(" ")), None)
    return said or (lines[-1].strip() if lines else "")
