"""The compiled loops: one thread's share of a job, no Python per I/O."""

from typing import Any

from numba.types import Array, int64, uint32, uint64

from storage_bench.engines.native.compiled import compiled
from storage_bench.engines.native.counting import READ, WRITE, Counts, count
from storage_bench.engines.native.machine import (
    io_uring_enter,
    last_error,
    load32,
    load32_acquire,
    load64,
    now_ns,
    pread,
    pwrite,
    sleep_until,
    store32_release,
    store64,
)

VERSION = 3
"""Raised by every change that could change a result, in any file of this folder."""

SHORT = -1
"""A loop returns 0, SHORT for an I/O that moved too little, or the errno that ended it."""
EINTR, EAGAIN, EBUSY, ETIME = 4, 11, 16, 62
GETEVENTS, EXT_ARG = 1, 8
EXT_ARG_BYTES = 24
LONGEST_SLEEP_NS = 50_000_000
"""How long a loop may sleep before it looks whether it shall stop."""

Plan = Array(int64, 1, "C")
(
    BLOCK_BYTES,
    FIRST_BLOCK,
    BLOCKS,
    IS_RANDOM,
    READ_BELOW,
    FROM_NS,
    UNTIL_NS,
    BEGIN_NS,
    INTERVAL_PS,
) = range(9)
"""INTERVAL_PS is 0 for a closed loop; else operation n falls due n intervals after BEGIN_NS."""

Ring = Array(int64, 1, "C")
(
    RING_FILE,
    ENTRIES,
    SQ_TAIL,
    SQ_MASK,
    CQ_HEAD,
    CQ_TAIL,
    CQ_MASK,
    COMPLETIONS,
    READ_WORD,
    WRITE_WORD,
    DEFER,
    SCRATCH,
) = range(12)
"""READ_WORD and WRITE_WORD are the first eight bytes of a submission entry: operation, flags and
file; SCRATCH is memory for a wait with a time limit."""


@compiled(uint64(uint64))
def advance(state: Any) -> Any:
    """One step of xorshift64 (Marsaglia 2003); the state must not be 0."""
    state ^= state << uint64(13)
    state ^= state >> uint64(7)
    state ^= state << uint64(17)
    return state


@compiled(uint64(uint64, int64))
def draw_of(state: Any, block: Any) -> Any:
    """What the bytes of a block are drawn from: its number and chance; see content.py."""
    return (state & uint64(0xFFFFFFFF00000000)) | (uint64(block) & uint64(0xFFFFFFFF))


@compiled((uint64, int64, uint64))
def refill(buffer: Any, size_bytes: Any, draw: Any) -> None:
    """Fill with random bytes that no earlier block had: SplitMix64 (Steele et al. 2014).

    Its words do not depend on each other, so the compiler makes vectors of them.
    """
    for index in range(uint64(size_bytes) // uint64(8)):
        word = draw + uint64(index) * uint64(0x9E3779B97F4A7C15)
        word = (word ^ (word >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> uint64(27))) * uint64(0x94D049BB133111EB)
        store64(buffer + uint64(index) * uint64(8), word ^ (word >> uint64(31)))


@compiled(int64(Plan, int64, uint64))
def next_block(plan: Any, previous: Any, draw: Any) -> Any:
    """Where the next operation goes, counted from the first block of this thread."""
    if plan[IS_RANDOM]:
        return int64((draw >> uint64(11)) % uint64(plan[BLOCKS]))
    return previous + 1 if previous + 1 < plan[BLOCKS] else 0


@compiled(int64(Plan, int64))
def due_ns(plan: Any, number: Any) -> Any:
    """When this operation falls due; long ago in a closed loop."""
    return plan[BEGIN_NS] + number * plan[INTERVAL_PS] // 1000


@compiled(int64(int64, uint64, Plan, uint64, uint64, uint64, Counts))
def sync_loop(
    file: Any, buffer: Any, plan: Any, state: Any, stop: Any, windows: Any, counts: Any
) -> Any:
    """One operation at a time by pread and pwrite."""
    size, block, number = plan[BLOCK_BYTES], -1, 0
    start = now_ns()
    while start < plan[UNTIL_NS] and load32_acquire(stop) == uint32(0):
        due = due_ns(plan, number)
        if start < due:
            sleep_until(min(due, start + LONGEST_SLEEP_NS))
            start = now_ns()
            continue
        number += 1
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
            refill(buffer, size, draw_of(state, plan[FIRST_BLOCK] + block))
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
            count(counts, windows, end - plan[FROM_NS], direction, end - start)
        start = end
    return 0


@compiled(int64(Ring, int64, int64, int64))
def enter(ring: Any, submit: Any, wait: Any, sleep_ns: Any) -> Any:
    """Submit entries and wait for completions, `sleep_ns` long at the most unless that is 0.

    Returns 0, SHORT, or an errno. A wait that ended early is no error: the caller looks again.
    """
    flags = GETEVENTS if wait or ring[DEFER] else 0
    argument, argument_bytes = int64(0), int64(0)
    if sleep_ns > 0:
        scratch = uint64(ring[SCRATCH])
        store64(scratch, uint64(0))
        store64(scratch + uint64(8), uint64(0))
        store64(scratch + uint64(16), scratch + uint64(EXT_ARG_BYTES))
        store64(scratch + uint64(24), uint64(0))
        store64(scratch + uint64(32), uint64(sleep_ns))
        flags |= EXT_ARG
        argument, argument_bytes = ring[SCRATCH], int64(EXT_ARG_BYTES)
    while True:
        taken = io_uring_enter(ring[RING_FILE], submit, wait, flags, argument, argument_bytes)
        if taken >= submit:
            return 0
        if taken >= 0:
            return SHORT
        code = last_error()
        if code in (ETIME, EINTR) and submit == 0:
            return 0
        if code not in (EINTR, EAGAIN, EBUSY):
            return code


@compiled(int64(Ring, uint64, int64, Plan, uint64, uint64, uint64, Counts, Counts))
def uring_loop(
    ring: Any,
    buffers: Any,
    depth: Any,
    plan: Any,
    state: Any,
    stop: Any,
    windows: Any,
    counts: Any,
    slots: Any,
) -> Any:
    """Keep up to `depth` operations in flight on one ring, submitted and reaped one by one.

    `slots` has a column for each operation in flight: its start time, its direction, and in the
    last row a stack of the free ones. All that is in flight is waited for before this returns.
    """
    entries, completions = uint64(ring[ENTRIES]), uint64(ring[COMPLETIONS])
    sq_tail, cq_head, cq_tail = uint64(ring[SQ_TAIL]), uint64(ring[CQ_HEAD]), uint64(ring[CQ_TAIL])
    sq_mask, cq_mask = load32(uint64(ring[SQ_MASK])), load32(uint64(ring[CQ_MASK]))
    size, block, number = plan[BLOCK_BYTES], -1, 0
    stride = -(-size // 4096) * 4096
    tail, head = load32(sq_tail), load32(cq_head)
    for slot in range(depth):
        slots[2, slot] = slot
    free, result, going = depth, 0, True
    while True:
        submit, sleep_ns = 0, 0
        if going and free > 0:
            start = now_ns()
            due = due_ns(plan, number)
            if start < due:
                sleep_ns = min(due - start, LONGEST_SLEEP_NS)
            else:
                number += 1
                free -= 1
                slot = slots[2, free]
                state = advance(state)
                block = next_block(plan, block, state)
                state = advance(state)
                buffer = buffers + uint64(slot * stride)
                entry = entries + uint64(tail & sq_mask) * uint64(64)
                if int64(state >> uint64(32)) < plan[READ_BELOW]:
                    slots[1, slot] = READ
                    store64(entry, uint64(ring[READ_WORD]))
                else:
                    slots[1, slot] = WRITE
                    refill(buffer, size, draw_of(state, plan[FIRST_BLOCK] + block))
                    start = now_ns()
                    store64(entry, uint64(ring[WRITE_WORD]))
                store64(entry + uint64(8), uint64((plan[FIRST_BLOCK] + block) * size))
                store64(entry + uint64(16), buffer)
                store64(entry + uint64(24), uint64(size))
                store64(entry + uint64(32), uint64(slot))
                tail = uint32(tail + uint32(1))
                slots[0, slot] = start
                store32_release(sq_tail, tail)
                submit = 1
        if free == depth:
            if not going:
                return result
            # Nothing is in flight and nothing is due.
            sleep_until(now_ns() + sleep_ns)
        else:
            idle = free == 0 or not going or sleep_ns > 0
            wait = 1 if idle and load32_acquire(cq_tail) == head else 0
            if submit or wait:
                code = enter(ring, submit, wait, sleep_ns)
                if code:
                    return code
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
                elapsed = end - plan[FROM_NS]
                count(counts, windows, elapsed, slots[1, slot], end - slots[0, slot])
            if end >= plan[UNTIL_NS]:
                going = False
        if load32_acquire(stop) != uint32(0) or (sleep_ns > 0 and now_ns() >= plan[UNTIL_NS]):
            going = False
