"""The CUDA chains as PTX and as the machine code that a GPU would run; no GPU takes part."""

import re
import shutil
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

REGISTERS = 65536  # of one multiprocessor, every compute capability from 7.0 on
INSTRUCTIONS = {"fp64": "fma.rn.f64", "fp32": "fma.rn.f32", "fp16": "fma.rn.f16x2",
                "f32x2": "fma.rn.f32x2"}  # fmt: skip
# Of FP16 pairs two units take half each on some generations, and moving a constant is one too.
MACHINE = {"fp64": "DFMA", "fp32": "FFMA", "fp16": r"HFMA2(?:\.MMA)?", "f32x2": "FFMA2"}
ALL = [
    *((way, generation) for way in ("fp64", "fp32", "fp16") for generation in ((8, 0), (9, 0))),
    *((way, (10, 0)) for way in INSTRUCTIONS),
    ("f32x2", (10, 3)),
]
STEP = {way: rf"{name} R(\d+), .*\bR\1\b" for way, name in MACHINE.items()}
STEP["f32x2"] = "FFMA2 R"  # two of a round write into registers that are spare
ROUND = 512  # 8 chains, two steps a pass, 32 passes
every = pytest.mark.parametrize(("way", "generation"), ALL)


@cache
def ptx_of(way: str, generation: tuple[int, int]) -> str:
    from numba import cuda, types

    from kernels.fma.cuda_chains import chains
    from kernels.fma.cuda_steps import INSTRUCTIONS

    key = ("numba-cuda-f32x2", "fp32") if way == "f32x2" else ("numba-cuda", way)
    number = getattr(types, INSTRUCTIONS[key].carrier)
    signature = types.void(
        number[:, ::1], number[:, ::1], number[:, :, ::1],
        types.int32[:, ::1], types.int64[:, ::1], types.int32, types.int32,
    )  # fmt: skip
    ptx, _ = cuda.compile_ptx(chains, signature, cc=generation)
    return str(ptx)


@every
def test_the_ptx_holds_exactly_the_multiply_adds_of_one_round(
    way: str, generation: tuple[int, int]
) -> None:
    ptx = ptx_of(way, generation)
    counts = {name: ptx.count(f"{name} ") for name in INSTRUCTIONS.values()}

    # The loop around them is not unrolled by the compiler.
    assert counts == dict.fromkeys(INSTRUCTIONS.values(), 0) | {INSTRUCTIONS[way]: ROUND}
    assert f".target sm_{generation[0]}{generation[1]}" in ptx
    assert ".local" not in ptx
    assert "call" not in ptx


@every
def test_a_block_fits_into_the_registers_and_spills_nothing(
    way: str, generation: tuple[int, int]
) -> None:
    from kernels.fma.cuda_launch import THREADS

    said, _ = linked(way, generation)
    (facts,) = (line for line in said.splitlines() if "bytes lmem" in line)
    registers = int(facts.split("used ")[1].split()[0])

    assert THREADS * registers <= REGISTERS
    assert "0 stack" in facts
    assert "0 bytes lmem" in facts


@cache
def linked(way: str, generation: tuple[int, int]) -> tuple[str, bytes]:
    """What the driver's linker says of the kernel, and the machine code that it makes."""
    from cuda.bindings import nvjitlink

    ptx = ptx_of(way, generation).encode()
    linker = nvjitlink.create(2, [f"-arch=sm_{generation[0]}{generation[1]}", "-verbose"])
    nvjitlink.add_data(linker, nvjitlink.InputType.PTX, ptx, len(ptx), "chains")
    nvjitlink.complete(linker)
    said = bytearray(nvjitlink.get_info_log_size(linker))
    nvjitlink.get_info_log(linker, said)
    code = bytearray(nvjitlink.get_linked_cubin_size(linker))
    nvjitlink.get_linked_cubin(linker, code)
    nvjitlink.destroy(linker)
    return said.decode(), bytes(code)


def nvdisasm() -> str:
    """NVIDIA's disassembler: of a toolkit, or of its package."""
    if (found := shutil.which("nvdisasm")) is not None:
        return found
    try:
        listed = files("nvidia-cuda-nvdisasm") or []
    except PackageNotFoundError:
        pytest.skip("no nvdisasm: pip install nvidia-cuda-nvdisasm")
    return str(next(Path(str(f.locate())) for f in listed if f.name == "nvdisasm"))


@pytest.fixture
def code(way: str, generation: tuple[int, int], tmp_path: Path) -> list[str]:
    """The instructions of the kernel in order, without predicates: `FFMA R1, R2.reuse, R1, R3`."""
    path = tmp_path / "chains.cubin"
    path.write_bytes(linked(way, generation)[1])
    done = subprocess.run([nvdisasm(), "-c", path], capture_output=True, text=True, check=True)
    return re.findall(r"/\*[0-9a-f]{4,}\*/\s+(?:@\S+\s+)?(\S[^;]*?)\s*;", done.stdout)


@every
def test_the_machine_code_holds_the_multiply_adds_of_the_ptx_and_no_more(
    code: list[str], way: str
) -> None:
    steps = [line for line in code if re.match(rf"{MACHINE[way]} ", line)]
    chained = [line for line in steps if re.match(STEP[way], line)]

    assert len(chained) == ROUND
    # One more may move a constant.
    assert len(steps) <= ROUND + 1
    assert [line for line in code if re.match("(LDL|STL)", line)] == []


@every
def test_the_clock_is_read_around_all_multiply_adds_and_behind_the_barriers(
    code: list[str], way: str
) -> None:
    """Instructions without side effects could be moved out from between two readings."""
    kinds = {"BAR.SYNC": "barrier", "CS2R": "clock", STEP[way]: "step"}
    order = [
        kind
        for line in code
        for pattern, kind in kinds.items()
        if re.match(pattern, line) and (kind != "clock" or "SR_CLOCK" in line)
    ]  # fmt: skip

    assert order == ["barrier", "clock", *["step"] * ROUND, "barrier", "clock"]


@pytest.mark.parametrize("generation", [(9, 0)])
@pytest.mark.parametrize("way", ["fp32"])
def test_no_multiply_add_reads_three_registers_of_one_bank(code: list[str]) -> None:
    """Two banks, even and odd (Jia et al., arXiv 1804.06826): three of one cost a cycle more."""
    steps = [line for line in code if line.startswith("FFMA ")]
    banks = [{int(r) % 2 for r in re.findall(r"R(\d+)", line)[1:]} for line in steps]

    assert {len(used) for used in banks} == {2}


@pytest.mark.parametrize("generation", [(10, 0), (10, 3)])
@pytest.mark.parametrize("way", ["f32x2"])
def test_moves_between_registers_of_pairs_cost_below_one_per_cent(code: list[str]) -> None:
    steps = [position for position, line in enumerate(code) if line.startswith("FFMA2 ")]
    between = code[steps[0] : steps[-1]]

    assert sum(line.startswith(("MOV ", "IMAD.MOV")) for line in between) <= ROUND // 100
    # Every one takes both numbers of each operand as they lie: none is built of halves.
    assert {line.count(".F32x2.HI_LO") for line in between if line.startswith("FFMA2 ")} == {3}


@pytest.mark.parametrize("generation", [(11, 0), (12, 0)])
@pytest.mark.parametrize("way", ["f32x2"])
def test_where_pairs_are_refused_they_would_be_two_instructions(code: list[str]) -> None:
    assert len([line for line in code if line.startswith("FFMA ")]) == 2 * ROUND
    assert [line for line in code if line.startswith("FFMA2")] == []
