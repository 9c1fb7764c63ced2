"""The few machine operations that compiled loops need: memory by address, calls into libc.

Symbols are declared and resolved when the code is loaded, not baked in as addresses, so that
Numba can keep the compiled loops on disk.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

I32, I64 = ir.IntType(32), ir.IntType(64)
CLOCK_MONOTONIC = 1
TIMER_ABSTIME = 1
SYS_IO_URING_ENTER = 426


def _pointer(builder: Any, address: Any, width: ir.Type) -> Any:
    return builder.inttoptr(address, width.as_pointer())


def _call(builder: Any, name: str, result: ir.Type, arguments: list[Any]) -> Any:
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


@intrinsic
def load32(_typing: Any, _address: Any) -> Any:
    """Read 32 bits."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load(_pointer(builder, arguments[0], I32))

    return types.uint32(types.uint64), generate


@intrinsic
def load32_acquire(_typing: Any, _address: Any) -> Any:
    """Read 32 bits that the kernel publishes: what it wrote before is seen after."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_pointer(builder, arguments[0], I32), "acquire", 4)

    return types.uint32(types.uint64), generate


@intrinsic
def store32_release(_typing: Any, _address: Any, _value: Any) -> Any:
    """Publish 32 bits to the kernel: what we wrote before is seen by it."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        builder.store_atomic(arguments[1], _pointer(builder, arguments[0], I32), "release", 4)
        return context.get_dummy_value()

    return types.void(types.uint64, types.uint32), generate


@intrinsic
def load64(_typing: Any, _address: Any) -> Any:
    """Read 64 bits."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load(_pointer(builder, arguments[0], I64))

    return types.uint64(types.uint64), generate


@intrinsic
def store64(_typing: Any, _address: Any, _value: Any) -> Any:
    """Write 64 bits."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        builder.store(arguments[1], _pointer(builder, arguments[0], I64))
        return context.get_dummy_value()

    return types.void(types.uint64, types.uint64), generate


def _atomic(name: str, how: str) -> Any:
    """One read-modify-write on 64 bits that several threads may do at once."""

    @intrinsic
    def change(_typing: Any, _address: Any, _value: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            builder.atomic_rmw(how, _pointer(builder, arguments[0], I64), arguments[1], "monotonic")
            return context.get_dummy_value()

        return types.void(types.uint64, types.int64), generate

    change.__name__ = name
    return change


atomic_add = _atomic("atomic_add", "add")
atomic_max = _atomic("atomic_max", "max")


@intrinsic
def leading_zeros(_typing: Any, _value: Any) -> Any:
    """Zero bits above the highest one; the value must not be 0."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@intrinsic
def now_ns(_typing: Any) -> Any:
    """The monotonic clock, as `time.monotonic_ns` reads it."""

    def generate(_context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        time = cgutils.alloca_once(builder, ir.ArrayType(I64, 2))
        clock = ir.Constant(I32, CLOCK_MONOTONIC)
        _call(builder, "clock_gettime", I32, [clock, time])
        seconds = builder.load(cgutils.gep_inbounds(builder, time, 0, 0))
        nanoseconds = builder.load(cgutils.gep_inbounds(builder, time, 0, 1))
        return builder.add(builder.mul(seconds, ir.Constant(I64, 10**9)), nanoseconds)

    return types.int64(), generate


@intrinsic
def sleep_until(_typing: Any, _wake_ns: Any) -> Any:
    """Sleep until a moment on the monotonic clock, or until a signal."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        time = cgutils.alloca_once(builder, ir.ArrayType(I64, 2))
        second = ir.Constant(I64, 10**9)
        builder.store(builder.sdiv(arguments[0], second), cgutils.gep_inbounds(builder, time, 0, 0))
        builder.store(builder.srem(arguments[0], second), cgutils.gep_inbounds(builder, time, 0, 1))
        clock, absolute = ir.Constant(I32, CLOCK_MONOTONIC), ir.Constant(I32, TIMER_ABSTIME)
        nothing = ir.Constant(time.type, None)
        result = _call(builder, "clock_nanosleep", I32, [clock, absolute, time, nothing])
        return builder.sext(result, I64)

    return types.int64(types.int64), generate


@intrinsic
def last_error(_typing: Any) -> Any:
    """`errno` of this thread."""

    def generate(_context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        place = _call(builder, "__errno_location", I32.as_pointer(), [])
        return builder.sext(builder.load(place), I64)

    return types.int64(), generate


@intrinsic
def pread(_typing: Any, _file: Any, _buffer: Any, _count: Any, _offset: Any) -> Any:
    """pread64(2): bytes read, or -1 with `last_error`."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _transfer(builder, "pread64", arguments)

    return types.int64(types.int64, types.uint64, types.int64, types.int64), generate


@intrinsic
def pwrite(_typing: Any, _file: Any, _buffer: Any, _count: Any, _offset: Any) -> Any:
    """pwrite64(2): bytes written, or -1 with `last_error`."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _transfer(builder, "pwrite64", arguments)

    return types.int64(types.int64, types.uint64, types.int64, types.int64), generate


def _transfer(builder: Any, name: str, arguments: Any) -> Any:
    file, buffer, count, offset = arguments
    return _call(builder, name, I64, [builder.trunc(file, I32), buffer, count, offset])


@intrinsic
def io_uring_enter(
    _typing: Any,
    _ring: Any,
    _submit: Any,
    _complete: Any,
    _flags: Any,
    _argument: Any,
    _argument_bytes: Any,
) -> Any:
    """io_uring_enter(2): entries that were taken, or -1 with `last_error`."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(I64, [I64], var_arg=True)
        call = cgutils.get_or_insert_function(builder.module, kind, "syscall")
        return builder.call(call, [ir.Constant(I64, SYS_IO_URING_ENTER), *arguments])

    return types.int64(*[types.int64] * 6), generate
