"""numba-cuda under a NumPy without the names that it looks up; no GPU takes part."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kernels.codegen import cuda_compiler

ROOT = Path(__file__).parents[3]
WITHOUT = "import numpy as np\nnp.__dict__.pop('row_stack', None)\n"
"""NumPy 2.5 on any NumPy."""
COMPILE = """
from numba import cuda
from numba.cuda import types

def store(target):
    target[0] = 1

ptx, _ = cuda.compile_ptx(store, types.void(types.float32[::1]), cc=(9, 0))
assert "st.global" in ptx
"""
LOAD = """
from kernels.codegen.cuda_compiler import load
said = dict(load())
"""
TELL = "import json; print(json.dumps([said, hasattr(np, 'row_stack')]))"


def in_a_fresh_process(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)


def test_a_kernel_compiles_under_a_numpy_that_has_removed_a_name_and_the_launch_says_so() -> None:
    done = in_a_fresh_process(WITHOUT + LOAD + COMPILE + TELL)

    assert done.returncode == 0, done.stderr
    said, left_behind = json.loads(done.stdout)
    assert said == {"lent": f"row_stack to NumPy {np.__version__} while numba-cuda loaded"}
    assert not left_behind


def test_without_the_loan_no_kernel_compiles() -> None:
    """When this fails the loan is no longer needed."""
    done = in_a_fresh_process(WITHOUT + COMPILE)

    assert "module 'numpy' has no attribute 'row_stack'" in done.stderr


@pytest.mark.skipif(not hasattr(np, "row_stack"), reason="NumPy has removed row_stack")
def test_where_numpy_lacks_nothing_nothing_is_lent() -> None:
    done = in_a_fresh_process("import numpy as np" + LOAD + COMPILE + TELL)

    assert json.loads(done.stdout) == [{}, True]


def test_a_loan_ends_also_with_an_error_and_takes_no_name_that_was_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def vstack() -> None: ...
    def removed() -> None: ...

    monkeypatch.setattr(cuda_compiler, "REMOVED", (vstack, removed))
    with cuda_compiler.lent() as names:
        assert names == ("removed",)
        assert vars(np)["removed"] is removed
    assert not hasattr(np, "removed")
    with pytest.raises(ZeroDivisionError), cuda_compiler.lent():
        raise ZeroDivisionError
    assert not hasattr(np, "removed")
    assert np.vstack is not vstack
