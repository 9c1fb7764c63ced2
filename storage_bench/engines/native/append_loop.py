"""The compiled loop of a log writer: append, fdatasync, again. Only the fdatasync is timed."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.types import Array, int64, uint64

from storage_bench.engines.native.compiled import compiled
from storage_bench.engines.native.loops import SHORT, advance, refill
from storage_bench.engines.native.machine import last_error, now_ns, pwrite

I32, I64 = ir.IntType(32), ir.IntType(64)


@intrinsic
def fdatasync(_typing: Any, _file: Any) -> Any:
    """fdatasync(2): 0, or -1 with `last_error`."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(I32, [I32])
        call = cgutils.get_or_insert_function(builder.module, kind, "fdatasync")
        return builder.sext(builder.call(call, [builder.trunc(arguments[0], I32)]), I64)

    return types.int64(types.int64), generate


@compiled(int64(int64, uint64, int64, uint64, int64, Array(int64, 1, "C")))
def append_loop(
    file: Any, buffer: Any, size: Any, state: Any, until_ns: Any, latencies_ns: Any
) -> Any:
    """Append until `latencies_ns` is full or the time is over; returns how many it holds.

    Below 0 it is SHORT, or one less than minus the errno that ended it.
    """
    for number in range(len(latencies_ns)):
        state = advance(state)
        refill(buffer, size, state)
        moved = pwrite(file, buffer, size, number * size)
        if moved < 0:
            return -1 - last_error()
        if moved != size:
            return SHORT
        start = now_ns()
        if fdatasync(file) < 0:
            return -1 - last_error()
        end = now_ns()
        latencies_ns[number] = end - start
        if end >= until_ns:
            return number + 1
    return len(latencies_ns)
