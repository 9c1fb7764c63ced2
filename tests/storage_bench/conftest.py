from collections.abc import Iterator
from pathlib import Path

import pytest

from storage_bench.guard import fill, workspace

SIZE_BYTES = 4 * 2**20


@pytest.fixture
def data_file(tmp_path: Path) -> Iterator[Path]:
    """A file of 4 MiB of random data in a marked folder."""
    with workspace(tmp_path, SIZE_BYTES, allow_memory=True) as space:
        fill(space.data_file, SIZE_BYTES, seed=1)
        yield space.data_file
