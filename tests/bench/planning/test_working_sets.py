from bench.planning.working_sets import FINE_BYTES, sizes


def test_sets_rise_to_the_largest_in_quarters_of_an_octave_and_then_in_halves() -> None:
    found = sizes(64 << 20)
    fine = [size for size in found if size < FINE_BYTES]

    assert (found[0], found[-1]) == (4096, 64 << 20)
    assert len(fine) == 4 * 11
    assert found[len(fine) :] == (
        8 << 20,
        12 << 20,
        16 << 20,
        24 << 20,
        32 << 20,
        48 << 20,
        64 << 20,
    )
    assert all(size % 512 == 0 for size in found)
    assert list(found) == sorted(set(found))


def test_a_largest_set_between_two_is_not_passed() -> None:
    assert sizes(9000) == (4096, 5120, 6144, 7168, 8192)
    assert sizes(4095) == ()
