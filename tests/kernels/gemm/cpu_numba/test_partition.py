from math import prod

import pytest

from kernels.gemm.cpu_numba.partition import even, grid, share


@pytest.mark.parametrize("workers", range(1, 65))
def test_a_grid_has_one_part_for_every_worker(workers: int) -> None:
    assert prod(grid(workers, 37, 11)) == workers


def test_a_tall_product_is_divided_down_and_a_wide_one_across() -> None:
    assert grid(4, 100, 1) == (4, 1)
    assert grid(4, 1, 100) == (1, 4)
    assert grid(4, 100, 100) == (2, 2)


def test_of_equal_divisions_the_one_that_copies_a_least_is_taken() -> None:
    assert grid(2, 64, 64) == (2, 1)
    assert grid(6, 60, 60) == (3, 2)


@pytest.mark.parametrize(("count", "parts"), [(0, 3), (2, 3), (10, 3), (12, 3)])
def test_shares_are_adjacent_complete_and_even(count: int, parts: int) -> None:
    shares = [share(count, parts, index) for index in range(parts)]
    sizes = [last - first for first, last in shares]
    assert [first for first, _ in shares] == [0] + [last for _, last in shares[:-1]]
    assert shares[-1][1] == count
    assert max(sizes) - min(sizes) <= 1


def test_blocks_are_even_and_no_larger_than_allowed() -> None:
    assert even(2027, 512, 4) == 508
    assert even(2048, 512, 4) == 512
    assert even(513, 512, 4) == 260
    assert even(5, 512, 4) == 8
    assert even(0, 512, 4) == 4
