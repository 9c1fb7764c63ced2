"""Partition of a product: among workers, and into blocks of nearly equal size. Pure."""


def grid(workers: int, row_tiles: int, column_tiles: int) -> tuple[int, int]:
    """Parts down and across (their product is `workers`) that finish first.

    The largest part decides when all are done; of equal ones the squarest is taken, which reads
    the least of A and B, and of these the one with the fewest across, who all copy the same A.
    """
    parts = [(down, workers // down) for down in range(1, workers + 1) if workers % down == 0]

    def cost(part: tuple[int, int]) -> tuple[int, int, int]:
        height, width = -(-row_tiles // part[0]), -(-column_tiles // part[1])
        return height * width, height + width, part[1]

    return min(parts, key=cost)


def share(count: int, parts: int, index: int) -> tuple[int, int]:
    """First and one past the last of `count` that part `index` gets; sizes differ by one."""
    return count * index // parts, count * (index + 1) // parts


def even(size: int, most: int, step: int) -> int:
    """Block size, a multiple of `step`, that needs as few blocks as `most` and wastes no last one.

    2027 in blocks of at most 512 is four of 507, not three of 512 and a rest of 491 that is as
    dear; `most` must be a multiple of `step`.
    """
    blocks = max(1, -(-size // most))
    return max(step, -(-size // (blocks * step)) * step)
