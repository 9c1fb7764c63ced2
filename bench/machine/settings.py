"""Settings of libraries in the environment: what measures is started without them.

A module file, a container or a site's profile sets them for a program of its own, and each can
cost half of a figure or compute it in another format. Those that say where a library lies or which
devices are meant stay; what was found is recorded, and only variables of the names below ever are.
"""

from collections.abc import Mapping

from bench.evidence.inventory import Setting
from kernels.gemm.library.dispatch import OPENBLAS_512

PINNED = {"CUBLAS_EMULATE_SINGLE_PRECISION": "0", "CUBLAS_EMULATE_DOUBLE_PRECISION": "0"}
"""cuBLAS from CUDA 12.9 on computes FP32 of nine BF16 products, and FP64 of INT8 ones, where the
environment asks for it: right to the last digit, and no rate of an FP32 or FP64 unit."""

_FAMILIES = (
    "NUMBA_", "LLVMLITE_", "NPY_", "NUMPY_",
    "OPENBLAS_", "GOTO_", "BLIS_", "AOCL_", "ARMPL_", "LIBXSMM_", "VECLIB_",
    "MKL_", "MKLDNN_", "ONEDNN_", "DNNL_", "ZENDNN_",
    "OMP_", "KMP_", "GOMP_", "LIBOMP_", "TBB_",
    "TORCH_", "TORCHINDUCTOR_", "PYTORCH_", "ATEN_", "C10_", "CAFFE2_",
    "CUBLAS_", "CUBLASLT_", "CUDNN_", "NVBLAS_", "CUTENSOR_",
    "ROCBLAS_", "HIPBLAS_", "HIPBLASLT_", "TENSILE_", "MIOPEN_",
    "MALLOC_", "TCMALLOC_", "MIMALLOC_", "JEMALLOC_",
)  # fmt: skip
_SAY_WHERE = ("PATH", "_DIR", "_HOME", "_ROOT", "_VERSION", "_BUILD_NUMBER", "_CUDA_ARCH_LIST")
"""Ends of names in a family that say where or which a library is, and not how it computes."""
_SINGLE = frozenset({
    "NVIDIA_TF32_OVERRIDE", "CUDA_LAUNCH_BLOCKING", "CUDA_DEVICE_MAX_CONNECTIONS",
    "CUDA_DEVICE_MAX_COPY_CONNECTIONS", "CUDA_FORCE_PTX_JIT", "CUDA_FORCE_JIT",
    "CUDA_DISABLE_PTX_JIT", "CUDA_DISABLE_JIT", "CUDA_MODULE_LOADING", "CUDA_AUTO_BOOST",
    "CUDA_SCALE_LAUNCH_QUEUES", "CUDA_BINARY_LOADER_THREAD_COUNT", "CUDA_CACHE_DISABLE",
    "CUDA_DEVICE_DEFAULT_PERSISTING_L2_CACHE_PERCENTAGE_LIMIT", "CUDA_MANAGED_FORCE_DEVICE_ALLOC",
    "HIP_LAUNCH_BLOCKING", "HIP_FORCE_DEV_KERNARG", "AMD_SERIALIZE_KERNEL", "AMD_SERIALIZE_COPY",
    "GPU_MAX_HW_QUEUES", "DISABLE_ADDMM_HIP_LT",
    "ASCEND_LAUNCH_BLOCKING", "MUSA_LAUNCH_BLOCKING", "TASK_QUEUE_ENABLE", "CPU_AFFINITY_CONF",
    "GLIBC_TUNABLES", "LD_PROFILE", "LD_DEBUG", "_RJEM_MALLOC_CONF",
    "PYTHONOPTIMIZE", "PYTHONMALLOC", "PYTHONMALLOCSTATS", "PYTHONDEVMODE", "PYTHONDEBUG",
    "PYTHONTRACEMALLOC", "PYTHONPROFILEIMPORTTIME", "PYTHONVERBOSE", "PYTHONINSPECT",
    "PYTHONWARNINGS", "PYTHONASYNCIODEBUG", "PYTHONPERFSUPPORT", "PYTHON_PERF_JIT_SUPPORT",
    "PYTHON_JIT", "PYTHON_GIL", "PYTHON_CPU_COUNT", "PYTHONDUMPREFS", "PYTHONINTMAXSTRDIGITS",
})  # fmt: skip
_HANDED_ON = ("LD_PRELOAD", "LD_AUDIT", "CUDA_INJECTION64_PATH", "CUDA_MPS_ACTIVE_THREAD_", "HSA_",
              "CUDA_MPS_PINNED_DEVICE_MEM_", "ROC_GLOBAL_CU_MASK")  # fmt: skip
"""What a machine may not work without, or what allots a part of it: told, and not taken away."""
_LONGEST = 200


def found(environment: Mapping[str, str]) -> tuple[Setting, ...]:
    """Every setting of the environment, with what a measuring process gets in its place."""
    return tuple(
        Setting(_text(name), _text(value), None if given is None else _text(given))
        for name, value in sorted(environment.items())
        if _is_setting(name) and PINNED.get(name) != value
        for given in (_given(name, value),)
    )


def cleared(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a measuring process."""
    kept = {
        name: value
        for name, value in environment.items()
        if not _is_setting(name) or _given(name, value) is not None
    }
    return kept | PINNED


def threads(cpus: int) -> dict[str, str]:
    """What a library may use: more threads than CPUs wait for each other, and the check of a
    product takes ten times as long."""
    count = str(cpus)
    return {
        "OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "MKL_NUM_THREADS": count,
    }  # fmt: skip


def _is_setting(name: str) -> bool:
    if name in PINNED or name in _SINGLE or name.startswith(_HANDED_ON):
        return True
    return name.startswith(_FAMILIES) and not name.endswith(_SAY_WHERE)


def _given(name: str, value: str) -> str | None:
    """What a measuring process gets of a setting; None for nothing."""
    if name in PINNED:
        return PINNED[name]
    # The remedy for an OpenBLAS that does not know its processor.
    remedies = name == "OPENBLAS_CORETYPE" and value in OPENBLAS_512
    return value if remedies or name.startswith(_HANDED_ON) else None


def _text(found: str) -> str:
    """Without bytes that are no text, and no longer than a line."""
    return found.encode(errors="replace").decode()[:_LONGEST]
