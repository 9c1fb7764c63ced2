"""Compiled code on disk: when it is used again, and what happens to it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest
from numba.core import config

from kernels.codegen import code_cache
from kernels.codegen.code_cache import CodeCache, sources_digest


def double(number: int) -> int:
    return 2 * number


def times(factor: int) -> Callable[[int], int]:
    def product(number: int) -> int:
        return factor * number

    return product


def fresh(folder: Path, function: Callable[[int], int] = double) -> Any:
    """A dispatcher such as a new process has."""
    dispatcher = numba.njit(nogil=True)(function)
    dispatcher._cache = CodeCache(function, folder)
    return dispatcher


def is_compiled_anew(folder: Path, function: Callable[[int], int] = double) -> bool:
    dispatcher = fresh(folder, function)
    dispatcher(21)
    return sum(dispatcher.stats.cache_misses.values()) == 1


def test_the_next_process_finds_what_this_one_compiled(tmp_path: Path) -> None:
    assert is_compiled_anew(tmp_path)
    assert not is_compiled_anew(tmp_path)
    assert fresh(tmp_path)(21) == 42


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("OPT", 0),
        ("LOOP_VECTORIZE", 0),
        ("SLP_VECTORIZE", 1),
        ("BOUNDSCHECK", 1),
        ("ENABLE_AVX", 0),
        ("DISABLE_INTEL_SVML", 1),
        ("DEBUGINFO_DEFAULT", 1),
        ("EXTEND_VARIABLE_LIFETIMES", 1),
        ("LLVM_REFPRUNE_PASS", 0),
        ("CPU_NAME", "generic"),
        ("CPU_FEATURES", "+sse2"),
    ],
)
def test_code_of_other_settings_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: object
) -> None:
    with monkeypatch.context() as other:
        other.setattr(config, setting, value)
        assert is_compiled_anew(tmp_path)

    assert is_compiled_anew(tmp_path)
    assert not is_compiled_anew(tmp_path)


@pytest.mark.parametrize("setting", ["CACHE_DIR", "NUMBA_NUM_THREADS", "CUDA_LOG_LEVEL"])
def test_what_shapes_no_code_costs_no_compilation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    assert is_compiled_anew(tmp_path)
    monkeypatch.setattr(config, setting, 7)
    assert not is_compiled_anew(tmp_path)


@pytest.mark.parametrize("what", ["sources_digest", "_versions"])
def test_code_of_other_sources_or_another_compiler_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    assert is_compiled_anew(tmp_path)
    monkeypatch.setattr(code_cache, what, lambda *_: "another")
    assert is_compiled_anew(tmp_path)


def test_functions_that_close_over_other_numbers_are_kept_apart(tmp_path: Path) -> None:
    assert is_compiled_anew(tmp_path, times(3))
    assert is_compiled_anew(tmp_path, times(5))
    assert not is_compiled_anew(tmp_path, times(3))
    assert fresh(tmp_path, times(5))(2) == 10


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("damage", [lambda data: b"", cut, flipped, lambda data: b"\0" * len(data)])
def test_a_damaged_file_costs_one_compilation(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    assert is_compiled_anew(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))

    assert is_compiled_anew(tmp_path)
    assert not is_compiled_anew(tmp_path)


def test_a_sound_file_of_something_else_costs_one_compilation(tmp_path: Path) -> None:
    assert is_compiled_anew(tmp_path)
    (file,) = tmp_path.iterdir()
    other = b"\x80\x04N."  # None, pickled
    file.write_bytes(code_cache.sha256(other).digest() + other)

    assert is_compiled_anew(tmp_path)


def test_a_file_in_the_folders_place_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert is_compiled_anew(tmp_path / "file")
    assert is_compiled_anew(tmp_path / "file")


@pytest.mark.parametrize("step", ["write_bytes", "mkdir"])
def test_a_full_or_closed_folder_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, step, refuse)

    assert is_compiled_anew(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_breaks_off_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(122, "Disk quota exceeded")

    monkeypatch.setattr(os, "replace", refuse)

    assert is_compiled_anew(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_digest_changes_with_any_source_and_with_nothing_else(tmp_path: Path) -> None:
    digest = sources_digest.__wrapped__
    (tmp_path / "ir").mkdir()
    (tmp_path / "loop.py").write_text("a = 1\n")
    (tmp_path / "ir" / "clock.py").write_text("b = 1\n")
    before = digest(tmp_path)
    (tmp_path / "loop.pyc").write_text("c")
    assert digest(tmp_path) == before
    (tmp_path / "ir" / "clock.py").write_text("b = 2\n")
    assert digest(tmp_path) != before
