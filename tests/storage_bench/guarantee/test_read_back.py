import os
import random
from dataclasses import replace

import pytest

from storage_bench.engines.native import engine
from storage_bench.errors import StorageError
from storage_bench.guarantee import read_back
from storage_bench.job import Job

SIZE = 4 * 2**20
BLOCKS = SIZE // 8192
JOB = Job("8k", "randrw", 8192, 0.3, 8, 1, SIZE, 0.0, 0.2, 7)


def check(path, marked: bool = True, again: int = 50):
    return read_back.check(path, SIZE, 8192, seed=1, again=again, marked=marked)


def flip(path, offset: int) -> None:
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))
        file.flush()
        os.fsync(file.fileno())


def untouched(found) -> int:
    """A block that is not among those that are written anew."""
    chosen = random.Random(1).sample(range(BLOCKS), 50)
    return next(block for block in range(found, BLOCKS) if block not in chosen)


def test_a_filled_file_is_as_it_was_but_for_what_is_written_anew(drive_file):
    found = check(drive_file)
    assert (found.blocks, found.anew, found.as_filled) == (BLOCKS, 50, BLOCKS - 50)
    assert (found.by_load, found.untold, found.broken, found.broken_at) == (0, 0, 0, ())


@pytest.mark.parametrize("through", ["io_uring", "psync"])
def test_what_the_built_in_engine_wrote_tells_that_it_is_whole(drive_file, through):
    try:
        engine.run(JOB, drive_file, through)
    except StorageError as error:
        pytest.skip(str(error))
    found = check(drive_file)
    assert found.by_load > 0
    assert found.anew + found.as_filled + found.by_load == BLOCKS
    assert found.broken == 0


def test_a_flipped_bit_in_a_block_of_the_fill_is_found_at_its_place(drive_file):
    block = untouched(100)
    flip(drive_file, block * 8192 + 5000)
    found = check(drive_file)
    assert (found.broken, found.broken_at) == (1, (block * 8192,))


def test_a_flipped_bit_in_a_block_of_the_load_is_found_at_its_place(drive_file):
    engine.run(replace(JOB, pattern="write", read_share=0.0, duration_s=1.0), drive_file)
    block = untouched(0)
    flip(drive_file, block * 8192 + 8191)
    found = check(drive_file)
    assert found.by_load > 0
    assert (found.broken, found.broken_at) == (1, (block * 8192,))


def test_a_block_that_was_written_to_anothers_place_is_found(drive_file):
    engine.run(replace(JOB, pattern="write", read_share=0.0, duration_s=1.0), drive_file)
    block = untouched(0)
    data = bytearray(drive_file.read_bytes())
    data[block * 8192 : (block + 1) * 8192] = data[(block + 1) * 8192 : (block + 2) * 8192]
    drive_file.write_bytes(data)
    assert block * 8192 in check(drive_file).broken_at


def test_a_write_that_was_confirmed_and_not_done_is_found(drive_file, monkeypatch):
    real = os.pwrite
    lost = []

    def forget(file: int, data: memoryview, offset: int) -> int:
        if not lost:
            lost.append(offset)
            return len(data)
        return real(file, data, offset)

    monkeypatch.setattr(read_back.os, "pwrite", forget)
    found = check(drive_file)
    assert (found.broken, found.broken_at) == (1, tuple(lost))


def test_what_cannot_be_read_is_broken_and_the_rest_is_still_looked_at(drive_file, monkeypatch):
    real = os.preadv

    def fail(file: int, buffers: list[memoryview], offset: int) -> int:
        if offset == 2**20:
            raise OSError(5, "Input/output error")
        return real(file, buffers, offset)

    monkeypatch.setattr(read_back.os, "preadv", fail)
    found = check(drive_file)
    assert found.broken == 128
    assert found.broken_at == tuple(2**20 + i * 8192 for i in range(8))
    assert found.anew + found.as_filled == BLOCKS - 128


def test_blocks_without_a_mark_are_no_failure_and_no_proof(drive_file):
    with open(drive_file, "r+b") as file:
        file.write(os.urandom(2**20))
    found = check(drive_file, marked=False)
    assert found.broken == 0
    assert found.untold + found.anew + found.as_filled == BLOCKS
    assert 100 < found.untold <= 128


def test_a_file_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(StorageError, match="cannot be opened"):
        check(tmp_path / "gone")
