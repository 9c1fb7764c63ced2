import pytest

from storage_bench.errors import StorageError
from storage_bench.guarantee.compressibility import sample
from storage_bench.workspace.fill import CHUNK_BYTES


def test_filled_data_can_be_neither_compressed_nor_stored_once(data_file):
    found = sample(data_file, 4 * 2**20, 8192, blocks=1000, seed=1)
    assert (found.blocks, found.repeated) == (512, 0)
    assert found.compressed_share > 0.99


def test_zeros_and_repeated_blocks_are_found_out(data_file):
    data_file.write_bytes(bytes(CHUNK_BYTES))
    found = sample(data_file, CHUNK_BYTES, 8192, blocks=100, seed=1)
    assert found.repeated == 99
    assert found.compressed_share < 0.01


def test_a_file_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(StorageError, match="cannot be read back"):
        sample(tmp_path / "gone", 2**20, 8192, blocks=10, seed=1)
