"""The machine code that Numba makes of the chains: nothing but the instruction that is counted."""

import re

import numpy as np
import pytest
from numba import njit

from kernels.codegen.isa import target_features
from kernels.fma import launch
from kernels.fma.data import Chains, draw, expected
from kernels.fma.formats import FORMATS, Format, Pipe
from kernels.fma.loop import PORTABLE, build
from kernels.runtime.memory import aligned

# Every width that this CPU can run, not only the one that a launch chooses.
NATIVE = [
    pytest.param(form, pipe, id=f"{form.name}-{pipe.bits}")
    for form in FORMATS.values()
    for pipe in form.pipes
    if pipe.feature in target_features()
]
MNEMONICS = {
    "fp64": r"vfmadd\d+pd|fmla",
    "fp32": r"vfmadd\d+ps|fmla",
    "fp16": r"vfmadd\d+ph",
    "bf16": r"vdpbf16ps",
    "int8": r"({vex}\s+)?vpdpbusd",
}
REGISTERS = {512: "%zmm", 256: "%ymm", 128: "v"}
PASSES = 50


def run(
    form: Format, bits: int, chains: int, inputs: Chains, passes: int = PASSES
) -> tuple[np.ndarray, str]:
    """The accumulators after one chunk, and the code that it was computed by."""
    operands = inputs.operands[:, 0] if bits == PORTABLE else inputs.operands.view(np.uint64)
    starts = inputs.starts.reshape(-1).view(np.uint64)
    results = aligned((2, starts.size), "uint64")
    none = np.zeros(0, np.int64)
    # Compiled anew: code that comes from the cache cannot be listed.
    function = njit(nogil=True)(build(form.name, bits, chains).py_func)
    function(operands, starts, results, passes, np.zeros(1, np.int64), none, 0, 1)
    accumulators = results[0].view(form.accumulator).reshape(inputs.starts.shape)
    return accumulators, next(iter(function.inspect_asm().values()))


def loops(code: str) -> list[list[str]]:
    """Bodies of the innermost loops: from a label back to it without another in between."""
    found, label, body = [], "", []
    for line in code.splitlines():
        text = line.split("#")[0].strip()
        if text.endswith(":"):
            label, body = text[:-1], []
        elif text and not text.startswith("."):
            body.append(text)
            if label and re.fullmatch(rf"(j|b)\S*\s+(\S+,\s*)?{re.escape(label)}", text):
                found.append(body)
                label, body = "", []
    return found


@pytest.mark.parametrize(("form", "pipe"), NATIVE)
def test_the_loop_is_the_counted_instructions_and_its_counter(form: Format, pipe: Pipe) -> None:
    inputs = draw(form, pipe.chains, pipe.bits // form.accumulator_bits, 3)
    _, code = run(form, pipe.bits, pipe.chains, inputs)
    mnemonic = re.compile(MNEMONICS[form.name])
    (body,) = [body for body in loops(code) if any(mnemonic.match(line) for line in body)]
    counted = [line for line in body if mnemonic.match(line)]
    assert len(counted) == 2 * pipe.chains
    assert all(REGISTERS[pipe.bits] in line for line in counted)
    # No memory operand (a spill), no call, nothing but the count and the jump.
    assert not any("(" in line or "[" in line or "call" in line for line in body)
    assert len(body) - len(counted) <= 3


@pytest.mark.parametrize(("form", "pipe"), NATIVE)
def test_every_native_width_computes_the_same_as_numpy(form: Format, pipe: Pipe) -> None:
    inputs = draw(form, pipe.chains, pipe.bits // form.accumulator_bits, 4)
    found, _ = run(form, pipe.bits, pipe.chains, inputs)
    wanted = expected(form, inputs, PASSES)
    assert np.allclose(found, wanted, rtol=0, atol=1e-13 if form.name == "fp64" else 0)


@pytest.mark.parametrize("name", ["fp32", "fp64"])
def test_what_llvm_vectorises_agrees_with_the_explicit_form_to_the_bit(name: str) -> None:
    form = FORMATS[name]
    pipe = form.pipe(target_features())
    assert pipe is not None
    lanes = pipe.bits // form.accumulator_bits
    same = draw(form, pipe.chains * lanes, 1, 6)
    wide = Chains(aligned((4, lanes), form.operand), aligned((pipe.chains, lanes), form.operand))
    wide.operands[:] = same.operands
    wide.starts[:] = same.starts.reshape(pipe.chains, lanes)
    explicit, _ = run(form, pipe.bits, pipe.chains, wide)
    portable, _ = run(form, PORTABLE, pipe.chains * lanes, same)
    assert np.array_equal(explicit.reshape(-1), portable.reshape(-1))


@pytest.mark.parametrize("name", ["fp32", "fp64"])
@pytest.mark.parametrize("target", sorted(target_features() & {"avx512f", "fma", "neon"}))
def test_the_portable_loop_is_vectorised_and_stays_in_registers(
    monkeypatch: pytest.MonkeyPatch, name: str, target: str
) -> None:
    monkeypatch.setattr(launch, "target_features", lambda: frozenset({target}))
    form = FORMATS[name]
    inputs = draw(form, launch._portable_bits() // form.accumulator_bits, 1, 6)
    _, code = run(form, PORTABLE, inputs.starts.size, inputs)
    packed = re.compile(r"vfmadd\d+(ps|pd)|fmla")
    (body,) = [body for body in loops(code) if any(packed.match(line) for line in body)]
    assert sum(bool(packed.match(line)) for line in body) >= launch.PORTABLE_VECTORS
    assert not any("(" in line or "[" in line or "call" in line for line in body)
