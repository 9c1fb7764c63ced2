"""The product by torch: one call for the library of every vendor and device."""

import re
from collections.abc import Mapping

import numpy as np
import torch

from kernels.codegen.isa import cpu_features
from kernels.gemm import check, work
from kernels.gemm.library import dispatch
from kernels.gemm.library.affinity import Confined
from kernels.gemm.library.processor import vendor
from kernels.gemm.rounding import RULE
from kernels.gemm.torch import formats, outliers
from kernels.gemm.torch import operands as torch_operands
from kernels.gemm.torch.switches import AsClaimed
from kernels.kernel import Request, Ticks, Work
from kernels.precision import PRECISIONS
from kernels.runtime import torch_device

LAUNCH_OPS = {"fp64": 1e12, "fp32": 1e12}
OTHER_LAUNCH_OPS = 2e13
"""Operations of one launch on an accelerator: 5 ms and more on the fastest, so that waiting for
its end (15 µs) costs little; below a second on slow ones."""


class TorchLaunch:
    """Products into results that exist, on any torch device: one on the CPU, on an accelerator
    whole rounds over several sets of operands.

    Raises MemoryError for operands that the device cannot hold.
    """

    def __init__(self, request: Request, sets: int | None = None) -> None:
        self._precision = request.precision.name
        self._shape, self._seed = request.shape, request.seed
        self._device = torch.device(request.place.device)
        self._format = formats.of(self._precision, self._device)
        self._wide = torch.float64 if self._precision == "fp64" else torch.float32
        one = work(request.shape, request.precision, PRECISIONS[self._format.result])
        sets, rounds = self._sets_and_rounds(one, sets)
        self._order = [*range(sets)] * rounds
        products = len(self._order)
        self.work = Work(ops=one.ops * products, bytes_moved=one.bytes_moved * products)
        self.tolerance = check.tolerance(self._precision)
        self._confined = Confined(request.place.cpus)
        self._former_threads = torch.get_num_threads()
        torch.set_num_threads(len(request.place.cpus))
        self._switches = AsClaimed(self._format.tf32)
        try:
            self._operands = [self._rounded(index) for index in range(sets)]
            self._products = [
                torch.zeros(request.shape[:2], dtype=self._format.product, device=self._device)
                for _ in range(sets)
            ]
        except torch.cuda.OutOfMemoryError as error:
            self._give_back()
            raise MemoryError(str(error)) from error
        self.run()  # the library starts its threads and chooses its kernel now
        self.executed: Mapping[str, str] = self._executed(sets, products)

    def run(self) -> None:
        for index in self._order:
            self._format.times(self._operands[index], self._products[index])
        torch_device.module(self._device).synchronize(self._device)

    def ticks(self) -> tuple[Ticks, ...]:
        return ()

    def error(self) -> float:
        """The worst error of any set; operands are drawn again, so that rounding them counts.

        Infinite for a TF32 product that is more exact than TF32: then FP32 was computed.
        """
        # NumPy's maximum, unlike Python's, hands on a NaN.
        error = float(np.max([self._error(index) for index in range(len(self._products))]))
        if self._format.tf32 and error < check.BANDS["tf32"][0]:
            return float("inf")
        return error

    def close(self) -> None:
        del self._operands, self._products
        self._give_back()

    def _give_back(self) -> None:
        """The switches, the CPUs and the number of threads that the process had before."""
        self._switches.release()
        torch.set_num_threads(self._former_threads)
        self._confined.release()

    def _sets_and_rounds(self, one: Work, sets: int | None) -> tuple[int, int]:
        if self._device.type == "cpu":
            return sets or 1, 1
        set_bytes = torch_operands.set_bytes(self._shape, self._format.stored, self._format.product)
        sets = sets or torch_operands.count(set_bytes)
        wanted = LAUNCH_OPS.get(self._precision, OTHER_LAUNCH_OPS)
        return sets, max(1, round(wanted / (one.ops * sets)))

    def _drawn(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        return torch_operands.draw(self._shape, self._wide, self._device, self._seed, index)

    def _rounded(self, index: int) -> torch_operands.Operands:
        form = self._format
        return torch_operands.rounded(*self._drawn(index), form.stored, form.largest, form.columns)

    def _error(self, index: int) -> float:
        a, b = self._drawn(index)
        if self._precision == "int8":  # exact: integers are compared with integers
            a, b = (torch_operands.to_int8(x).float() for x in (a, b))
        kept = torch.float64 if self._precision in ("fp64", "int8") else torch.float32
        if self._device.type != "cpu":
            found = outliers.crest(self._operands[index], self._products[index], self._precision)
            if found is not None and not found <= outliers.CREST:
                return float("inf")
        product = self._products[index].to(device="cpu", dtype=kept)
        return check.error(a.cpu().numpy(), b.cpu().numpy(), product.numpy(), self._seed)

    def _executed(self, sets: int, products: int) -> dict[str, str]:
        executed = torch_device.facts(self._device) | {
            "accumulation": self._format.accumulation,
            "result": str(self._format.product).removeprefix("torch."),
            "tf32": "on" if self._format.tf32 else "off",
            "fp32 was set to": self._switches.found,
            "operands": f"N(0, 1) in {str(self._format.stored).removeprefix('torch.')}",
        }
        if self._format.stored.is_floating_point and self._format.stored.itemsize < 4:
            executed["rounding"] = RULE
        if self._device.type == "cpu":
            return executed | _on_cpu(self._precision)
        return executed | {"sets": str(sets), "products": str(products)}


def _on_cpu(precision: str) -> dict[str, str]:
    executed = {"threads": str(torch.get_num_threads())}
    built = torch.__config__.show()
    wide = precision in ("fp32", "fp64")
    pattern = r"Math Kernel Library Version (\S+)-" if wide else r"MKL-DNN v(\S+)"
    found = re.search(pattern, built)
    if found is None:
        return executed
    executed["blas"] = f"{'MKL' if wide else 'oneDNN'} {found[1]}"
    lost = dispatch.finding("mkl" if wide else "onednn", None, vendor(), cpu_features())
    return executed | ({"finding": lost} if lost else {})
