"""Names that numba-cuda wants of numpy are there while it compiles, and only then."""

import numpy as np
import pytest

from kernels.codegen.lent_names import GIVEN_UP, lent_names


def test_a_name_that_numpy_lacks_is_lent_and_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GIVEN_UP, "stack_of_rows", "vstack")

    def fail() -> None:
        with lent_names() as lent:
            assert np.stack_of_rows is np.vstack  # type: ignore[attr-defined]
            assert "stack_of_rows" in lent
            raise ValueError("the compiler has failed")

    with pytest.raises(ValueError, match="compiler"):
        fail()
    assert not hasattr(np, "stack_of_rows")


def test_a_name_that_numpy_has_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GIVEN_UP, "hstack", "vstack")
    before = np.hstack

    with lent_names() as lent:
        assert np.hstack is before
        assert "hstack" not in lent

    assert np.hstack is before
