import mmap
import random
import zlib

import pytest

from storage_bench.engines.native import counting, loops
from storage_bench.engines.uring import address_of
from storage_bench.histogram import BINS, index_of, middle_ns


@pytest.mark.parametrize("index", [0, 1, 63, 64, 127, 128, 1000, BINS - 1])
def test_the_middle_of_a_bin_falls_into_that_bin(index):
    assert counting.bin_of(middle_ns(index)) == index


def test_the_compiled_loop_finds_the_same_bins_as_plain_python():
    seed = random.randrange(2**32)
    values = [random.Random(seed).randrange(2 ** (n % 62 + 1)) for n in range(1000)]
    compiled = [counting.bin_of(value) for value in values]
    assert compiled == [index_of(value) for value in values], f"seed {seed}"


def test_a_latency_is_within_a_128th_of_the_middle_of_its_bin():
    seed = random.randrange(2**32)
    values = [random.Random(seed).randrange(64, 2**45) for _ in range(1000)]
    errors = [abs(middle_ns(counting.bin_of(value)) - value) / value for value in values]
    assert max(errors) <= 1 / 128, f"seed {seed}"


@pytest.mark.parametrize(("value", "expected"), [(-5, 0), (2**62, BINS - 1)])
def test_what_no_bin_holds_goes_to_the_nearest(value, expected):
    assert counting.bin_of(value) == expected


def test_the_generator_is_marsaglias():
    # Three steps of xorshift64 (13, 7, 17) from 1, computed by hand in Python's integers.
    def step(x: int) -> int:
        x ^= (x << 13) % 2**64
        x ^= x >> 7
        return x ^ (x << 17) % 2**64

    assert loops.advance(loops.advance(loops.advance(1))) == step(step(step(1)))


def test_a_refilled_block_is_incompressible_and_another_draw_gives_another_block():
    with mmap.mmap(-1, 8192) as memory:
        loops.refill(address_of(memory), 4096, 1)
        loops.refill(address_of(memory) + 4096, 4096, 2)
        first, second = memory[:4096], memory[4096:]
    assert first != second
    assert len(zlib.compress(first + second)) > 8192
