import os

import pytest

from storage_bench.engines import uring

needs_uring = pytest.mark.skipif(bool(uring.refused()), reason=str(uring.refused()))


@needs_uring
def test_a_closed_ring_leaves_no_descriptor_open():
    before = os.listdir("/proc/self/fd")
    with uring.Ring(8) as ring:
        assert len(ring.addresses) == 7
    assert os.listdir("/proc/self/fd") == before


@needs_uring
def test_flags_that_the_kernel_does_not_know_are_left_out(monkeypatch):
    monkeypatch.setattr(uring, "SETUP_FLAGS", (1 << 31, 0))
    with uring.Ring(8) as ring:
        assert ring.flags == 0


def test_a_refusal_is_told_in_the_kernels_words(monkeypatch):
    monkeypatch.setattr(uring, "SYS_SETUP", 100_000)
    assert uring.refused() == "io_uring: Function not implemented"
