import zlib

import numpy
import pytest

from storage_bench.workspace import content

NUMBERS = numpy.arange(64, dtype=numpy.uint64)


def test_what_is_mixed_can_be_undone():
    words = numpy.random.default_rng(1).integers(0, 2**64, 1000, dtype=numpy.uint64)
    assert (content._unmix(content._mix(words)) == words).all()
    # The first value of SplitMix64 seeded with 0, by its authors' own program.
    assert int(content._mix(numpy.array([content.GAMMA], numpy.uint64))[0]) == 0xE220A8397B1DCDAF


def test_a_block_tells_its_place_and_no_other():
    blocks = content.stream(content.draws(5, NUMBERS), 8192)
    assert content.is_whole(blocks, NUMBERS).all()
    assert not content.is_whole(blocks, NUMBERS + numpy.uint64(1)).any()


@pytest.mark.parametrize("place", [0, 511, 512, 4095, 4096, 8191])
def test_any_flipped_bit_breaks_a_block(place):
    blocks = content.stream(content.draws(5, NUMBERS[:1]), 8192)
    flipped = bytearray(blocks.tobytes())
    flipped[place] ^= 0x10
    words = numpy.frombuffer(bytes(flipped), numpy.uint64).reshape(1, -1)
    assert not content.is_whole(words, NUMBERS[:1])[0]


def test_two_writes_of_one_block_may_be_mixed_sector_by_sector_and_not_within_one():
    one, other = (content.stream(content.draws(seed, NUMBERS[:1]), 8192) for seed in (1, 2))
    mixed = one.copy()
    mixed[0, 64:128] = other[0, 64:128]
    torn = one.copy()
    torn[0, 32:96] = other[0, 32:96]
    assert content.is_whole(mixed, NUMBERS[:1])[0]
    assert not content.is_whole(torn, NUMBERS[:1])[0]


def test_a_sector_in_another_sectors_place_is_broken():
    block = content.stream(content.draws(1, NUMBERS[:1]), 8192)
    block[0, :64], block[0, 64:128] = block[0, 64:128].copy(), block[0, :64].copy()
    assert not content.is_whole(block, NUMBERS[:1])[0]


def test_nothing_repeats_and_nothing_can_be_compressed():
    data = content.filled(1, 0, 2**20).tobytes() + content.filled(2, 0, 2**20).tobytes()
    assert len({data[i : i + 512] for i in range(0, len(data), 512)}) == 2**12
    assert len(zlib.compress(data, 9)) > len(data)


def test_any_part_of_a_fill_is_the_same_without_the_rest():
    whole = content.filled(3, 0, 2**18)
    assert (content.filled(3, 4096 * 5, 8192) == whole[5 * 512 : 7 * 512]).all()
