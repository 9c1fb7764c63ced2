"""The compiled loops: one thread's share of a job, no Python per I/O.

They stand in one file, because Numba's disk cache notices a change of a compiled function's own
file alone.
"""

from typing import Any

from numba import njit
from numba.types import Array, int64, uint32, uint64

from storage_bench.native.histogram import BINS, SUB_BITS
from storage_bench.native.machine import (
    io_uring_enter,
    last_error,
    leading_zeros,
    load32,
    load32_acquire,
    load64,
    now_ns,
    pread,
    pwrite,
    store32_release,
    store64,
)

VERSION = 1
"""Raised by every change that could change a result, also by one in machine.py or histogram.py:
that this file changes is what makes Numba compile them anew."""

SHORT = -1
"""A loop returns 0, SHORT for an I/O that moved too little, or the errno that ended it."""
READ, WRITE = 0, 1
EINTR, EAGAIN, EBUSY = 4, 11, 16
OPCODE_READ, OPCODE_WRITE = 22, 23
GETEVENTS = 1
FINE = 1 << SUB_BITS

Counts = Array(int64, 2, "C")
"""A row for reads, a row for writes; the last two columns hold the smallest and the largest."""
Plan = Array(int64, 1, "C")
BLOCK_BYTES, FIRST_BLOCK, BLOCKS, IS_RANDOM, READ_BELOW, FROM_NS, UNTIL_NS = range(7)
MINIMUM, MAXIMUM = BINS, BINS + 1


@njit(int64(int64), nogil=True, cache=True)
def bin_of(latency_ns: Any) -> Any:
    """Index of the bin; see histogram.py."""
    value = uint64(max(latency_ns, 0))
    if value < uint64(FINE):
        return int64(value)
    shift = uint64(63 - SUB_BITS) - leading_zeros(value)
    index = (shift + uint64(1)) * uint64(FINE) + ((value >> shift) - uint64(FINE))
    return min(int64(index), BINS - 1)


@njit(uint64(uint64), nogil=True, cache=True)
def advance(state: Any) -> Any:
    """One step of xorshift64 (Marsaglia 2003); the state must not be 0."""
    state ^= state << uint64(13)
    state ^= state >> uint64(7)
    state ^= state << uint64(17)
    return state


@njit([(uint64, int64, uint64)], nogil=True, cache=True)
def refill(buffer: Any, size_bytes: Any, draw: Any) -> None:
    """Fill with random bytes that no earlier block had: SplitMix64 (Steele et al. 2014).

    Its words do not depend on each other, so the compiler makes vectors of them.
    """
    for index in range(uint64(size_bytes) // uint64(8)):
        word = draw + uint64(index) * uint64(0x9E3779B97F4A7C15)
        word = (word ^ (word >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> uint64(27))) * uint64(0x94D049BB133111EB)
        store64(buffer + uint64(index) * uint64(8), word ^ (word >> uint64(31)))


@njit([(Counts, int64, int64)], nogil=True, cache=True)
def count(counts: Any, direction: Any, latency_ns: Any) -> None:
    counts[direction, bin_of(latency_ns)] += 1
    counts[direction, MINIMUM] = min(counts[direction, MINIMUM], latency_ns)
    counts[direction, MAXIMUM] = max(counts[direction, MAXIMUM], latency_ns)


@njit(int64(Plan, int64, uint64), nogil=True, cache=True)
def next_block(plan: Any, previous: Any, draw: Any) -> Any:
    """Where the next operation goes, counted from the first block of this thread."""
    if plan[IS_RANDOM]:
        return int64((draw >> uint64(11)) % uint64(plan[BLOCKS]))
    return previous + 1 if previous + 1 < plan[BLOCKS] else 0


@njit(int64(int64, uint64, Plan, uint64, uint64, Counts), nogil=True, cache=True)
def sync_loop(file: Any, buffer: Any, plan: Any, state: Any, stop: Any, counts: Any) -> Any:
    """One operation at a time by pread and pwrite."""
    size, block = plan[BLOCK_BYTES], -1
    start = now_ns()
    while start < plan[UNTIL_NS] and load32_acquire(stop) == uint32(0):
        state = advance(state)
        block = next_block(plan, block, state)
        offset = (plan[FIRST_BLOCK] + block) * size
        state = advance(state)
        if int64(state >> uint64(32)) < plan[READ_BELOW]:
            direction = READ
            start = now_ns()
            moved = pread(file, buffer, size, offset)
        else:
            direction = WRITE
            refill(buffer, size, state)
            start = now_ns()
            moved = pwrite(file, buffer, size, offset)
        end = now_ns()
        if moved < 0:
            code = last_error()
            if code == EINTR:
                continue
            return code
        if moved != size:
            return SHORT
        if plan[FROM_NS] <= end < plan[UNTIL_NS]:
            count(counts, direction, end - start)
        start = end
    return 0


@njit(
    int64(int64, Plan, int64, uint64, int64, int64, Plan, uint64, uint64, Counts, Counts),
    nogil=True,
    cache=True,
)
def uring_loop(
    ring: Any,
    addresses: Any,
    defer: Any,
    buffers: Any,
    file: Any,
    depth: Any,
    plan: Any,
    state: Any,
    stop: Any,
    counts: Any,
    slots: Any,
) -> Any:
    """Keep `depth` operations in flight on one ring; each completion is followed by one submission.

    `slots` has a column for each operation in flight: its start time, its direction, and in the
    last row a stack of the free ones. All that is in flight is waited for before this returns.
    """
    entries, sq_tail, cq_head = uint64(addresses[0]), uint64(addresses[1]), uint64(addresses[3])
    cq_tail, completions = uint64(addresses[4]), uint64(addresses[6])
    sq_mask, cq_mask = load32(uint64(addresses[2])), load32(uint64(addresses[5]))
    size, block = plan[BLOCK_BYTES], -1
    tail, head = load32(sq_tail), load32(cq_head)
    for slot in range(depth):
        slots[2, slot] = slot
    free, result, going = depth, 0, True
    while True:
        submit = 0
        if going and free > 0:
            free -= 1
            slot = slots[2, free]
            state = advance(state)
            block = next_block(plan, block, state)
            state = advance(state)
            direction = READ if int64(state >> uint64(32)) < plan[READ_BELOW] else WRITE
            buffer = buffers + uint64(slot * (-(-size // 4096) * 4096))
            opcode = OPCODE_READ
            if direction == WRITE:
                opcode = OPCODE_WRITE
                refill(buffer, size, state)
            entry = entries + uint64(tail & sq_mask) * uint64(64)
            store64(entry, uint64(opcode) | (uint64(file) << uint64(32)))
            store64(entry + uint64(8), uint64((plan[FIRST_BLOCK] + block) * size))
            store64(entry + uint64(16), buffer)
            store64(entry + uint64(24), uint64(size))
            store64(entry + uint64(32), uint64(slot))
            tail = uint32(tail + uint32(1))
            slots[1, slot] = direction
            slots[0, slot] = now_ns()
            store32_release(sq_tail, tail)
            submit = 1
        if free == depth:
            return result
        wait = 1 if (free == 0 or not going) and load32_acquire(cq_tail) == head else 0
        while submit or wait:
            taken = io_uring_enter(ring, submit, wait, GETEVENTS if wait or defer else 0)
            if taken >= submit:
                break
            code = last_error()
            if taken >= 0 or code not in (EINTR, EAGAIN, EBUSY):
                return code if taken < 0 else SHORT
        if load32_acquire(cq_tail) != head:
            end = now_ns()
            completion = completions + uint64(head & cq_mask) * uint64(16)
            slot = int64(load64(completion))
            moved = int64(load64(completion + uint64(8)) & uint64(0xFFFFFFFF))
            head = uint32(head + uint32(1))
            store32_release(cq_head, head)
            slots[2, free] = slot
            free += 1
            if moved != size:
                result = SHORT if moved < 2**31 else 2**32 - moved
                going = False
            elif plan[FROM_NS] <= end < plan[UNTIL_NS]:
                count(counts, slots[1, slot], end - slots[0, slot])
            if end >= plan[UNTIL_NS] or load32_acquire(stop) != uint32(0):
                going = False
