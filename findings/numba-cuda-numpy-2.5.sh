#!/bin/sh
# numba-cuda 0.30.4 compiles no kernel under NumPy 2.5.
#
# Versions:  numba-cuda 0.30.4, numba 0.68.0, NumPy 2.5.2, Python 3.12 or newer; no GPU needed.
# Input:     a kernel that stores one number, compiled to PTX; and the same after NumPy was lent the
#            name `row_stack`, which numba-cuda looks up while its modules load.
# Expected:  both compile: numba-cuda's metadata allows this NumPy, and numba supports it.
# Seen:      as it is:   AttributeError: module 'numpy' has no attribute 'row_stack'
#            with loan:  compiles
# Upstream:  NVIDIA/numba-cuda issue 907, closed: the project is in maintenance.
#
# Exits 0 where this is still so, 1 where it has changed, 2 where it could not be tried.
set -u
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || {
    echo "NumPy 2.5 needs Python 3.12 or newer; name one: PYTHON=python3.12 $0" >&2
    exit 2
}
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
"$python" -m venv "$folder/venv" || exit 2
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    numpy==2.5.2 numba==0.68.0 'numba-cuda[cu13]==0.30.4' || exit 2

cat > "$folder/kernel.py" <<'PYTHON'
import sys

import numpy as np

if sys.argv[1:] == ["lend"]:
    np.row_stack = lambda arrays: np.vstack(arrays)

from numba import cuda
from numba.cuda import types


def store(target):
    target[0] = 1


ptx, _ = cuda.compile_ptx(store, types.void(types.float32[::1]), cc=(9, 0))
print("compiles" if "st.global" in ptx else ptx)
PYTHON

try() {
    (cd "$folder" && venv/bin/python -W ignore kernel.py "$@" 2>&1 | tail -n 1)
}

plain=$(try)
lent=$(try lend)
echo "as it is:  $plain"
echo "with loan: $lent"
[ "$plain" = "AttributeError: module 'numpy' has no attribute 'row_stack'" ] || exit 1
[ "$lent" = compiles ] || exit 1
