"""The product by the BLAS library that NumPy was built with."""

from collections.abc import Mapping

import numpy as np
import threadpoolctl

from kernels.codegen.isa import cpu_features
from kernels.gemm import check, work
from kernels.gemm.library import dispatch
from kernels.gemm.library.affinity import Confined
from kernels.gemm.library.processor import vendor
from kernels.kernel import Request, Ticks


class NumpyLaunch:
    """`numpy.matmul` into a result that exists, on exactly the CPUs of the place."""

    def __init__(self, request: Request) -> None:
        precision = request.precision
        self.work = work(request.shape, precision, precision)
        self.tolerance = check.tolerance(precision.name)
        self._seed = request.seed
        self._confined = Confined(request.place.cpus)
        self._limited = threadpoolctl.threadpool_limits(len(request.place.cpus), user_api="blas")
        self._a, self._b = check.operands(request.shape, precision.name, request.seed)
        self._c = np.empty(request.shape[:2], self._a.dtype)
        self.run()  # the library starts its threads and maps its buffers now
        self.executed: Mapping[str, str] = _executed(str(self._c.dtype))

    def run(self) -> None:
        np.matmul(self._a, self._b, out=self._c)

    def ticks(self) -> tuple[Ticks, ...]:
        return ()

    def error(self) -> float:
        return check.error(self._a, self._b, self._c, self._seed)

    def close(self) -> None:
        self._limited.restore_original_limits()
        self._confined.release()


def _executed(dtype: str) -> dict[str, str]:
    executed = {"library": f"numpy {np.__version__}", "accumulation": dtype, "result": dtype}
    blas = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    # Another package may have loaded a BLAS of its own: NumPy's lies in NumPy's folder.
    blas.sort(key=lambda pool: "numpy" not in pool["filepath"])
    if not blas:  # Accelerate, or a static library: it does not say what it runs
        return executed
    used = blas[0]
    core_type = used.get("architecture")
    executed["blas"] = f"{used['internal_api']} {used['version']}"
    executed["dispatched"] = core_type or "not told by the library"
    executed["threads"] = str(used["num_threads"])
    lost = dispatch.finding(used["internal_api"], core_type, vendor(), cpu_features())
    return executed | ({"finding": lost} if lost else {})
