"""A team of workers, one thread pinned to each logical CPU and kept between runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from types import TracebackType
from typing import Self

Task = Callable[[int], None]


class CannotPin(Exception):
    """A logical CPU that this process may not run on."""


class Team:
    """Run a task on every worker at once; the task releases the GIL in its compiled part.

    The threads outlive a run, so a run costs two wake-ups a worker and creates nothing. Memory that
    a worker touches first is placed on its own NUMA node.

    Raises CannotPin for a CPU outside the process's cpuset.
    """

    def __init__(self, cpus: Sequence[int]) -> None:
        self.cpus = tuple(cpus)
        self._tasks: list[SimpleQueue[Task | None]] = [SimpleQueue() for _ in self.cpus]
        self._ends: SimpleQueue[BaseException | None] = SimpleQueue()
        self._running = 0
        self._threads = [
            # Daemons, so that an interrupted program ends without waiting for a kernel.
            threading.Thread(target=self._work, args=(i,), name=f"worker-{i}", daemon=True)
            for i in range(len(self.cpus))
        ]
        for thread in self._threads:
            thread.start()
        try:
            self.run(self._pin)
        except BaseException:
            self.close()
            raise

    def run(self, task: Task) -> None:
        """Call `task(worker_index)` on every worker and return when all have returned.

        Raises what the first failing worker raised, after all have ended.
        """
        if not self._threads:
            raise RuntimeError("the team is closed")
        # A run that Ctrl-C broke off has left workers at work: wait for them first.
        self._wait()
        for tasks in self._tasks:
            self._running += 1
            tasks.put(task)
        error = self._wait()
        if error is not None:
            raise error

    def close(self) -> None:
        """End the threads, after the task they are at; a second call does nothing."""
        for tasks in self._tasks:
            tasks.put(None)
        for thread in self._threads:
            thread.join()
        self._tasks, self._threads = [], []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _wait(self) -> BaseException | None:
        first: BaseException | None = None
        while self._running:
            error = self._ends.get()
            self._running -= 1
            first = first or error
        return first

    def _work(self, worker: int) -> None:
        # Looked up once: close() empties the list.
        tasks = self._tasks[worker]
        while (task := tasks.get()) is not None:
            try:
                task(worker)
            except BaseException as error:  # relayed: run() raises it in the caller's thread
                self._ends.put(error)
            else:
                self._ends.put(None)

    def _pin(self, worker: int) -> None:
        cpu = self.cpus[worker]
        try:
            os.sched_setaffinity(0, {cpu})  # 0 is the calling thread
        except OSError as error:
            raise CannotPin(f"CPU {cpu} is not open to this process: {error.strerror}") from error
