"""What of an environment reaches what measures, and what is recorded of it."""

import pytest

from bench.evidence.inventory import Setting
from bench.machine import discover
from bench.machine.settings import PINNED, cleared, found, threads

TAKEN_AWAY = (
    "NUMBA_OPT", "NUMBA_DISABLE_JIT", "NUMBA_ENABLE_AVX", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES",
    "NUMBA_LOOP_VECTORIZE", "NUMBA_BOUNDSCHECK", "NUMBA_DEBUGINFO", "NUMBA_ENABLE_CUDASIM",
    "NUMBA_CACHE_LOCATOR_CLASSES", "NPY_DISABLE_CPU_FEATURES", "NUMPY_MADVISE_HUGEPAGE",
    "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "BLIS_ARCH_TYPE",
    "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR", "MKL_NUM_THREADS", "MKL_VERBOSE", "MKL_DEBUG_CPU_TYPE",
    "ONEDNN_MAX_CPU_ISA", "ONEDNN_DEFAULT_FPMATH_MODE", "ONEDNN_VERBOSE", "DNNL_MAX_CPU_ISA",
    "OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES", "OMP_WAIT_POLICY", "OMP_THREAD_LIMIT",
    "KMP_AFFINITY", "KMP_BLOCKTIME", "GOMP_CPU_AFFINITY", "GOMP_SPINCOUNT",
    "ATEN_CPU_CAPABILITY", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "TORCH_BLAS_PREFER_CUBLASLT",
    "PYTORCH_TUNABLEOP_ENABLED", "PYTORCH_CUDA_ALLOC_CONF", "NVIDIA_TF32_OVERRIDE",
    "CUBLAS_WORKSPACE_CONFIG", "CUBLASLT_WORKSPACE_SIZE", "CUDA_LAUNCH_BLOCKING",
    "ROCBLAS_INTERNAL_FP16_ALT_IMPL", "AMD_SERIALIZE_KERNEL", "ASCEND_LAUNCH_BLOCKING",
    "MALLOC_ARENA_MAX", "MALLOC_PERTURB_", "GLIBC_TUNABLES", "PYTHONMALLOC", "PYTHONOPTIMIZE",
    "PYTHONDEVMODE", "PYTHONTRACEMALLOC", "PYTHONWARNINGS",
)  # fmt: skip
HANDED_ON = ("LD_PRELOAD", "LD_AUDIT", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", "HSA_ENABLE_SDMA")
NOT_OURS = (
    "PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONUNBUFFERED",
    "CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER",
    "CUDA_HOME", "CUDA_PATH", "CUDA_MPS_PIPE_DIRECTORY", "MKLROOT", "XDG_CACHE_HOME",
    "NUMBA_CACHE_DIR", "NUMBA_CUDA_INCLUDE_PATH", "TORCH_HOME", "PYTORCH_VERSION",
    "CUBLAS_VERSION", "TORCH_CUDA_ARCH_LIST", "SLURM_JOB_ID", "OMPI_COMM_WORLD_RANK",
    "AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "XNUMBA_OPT",
)  # fmt: skip


@pytest.mark.parametrize("name", TAKEN_AWAY)
def test_a_setting_of_a_library_is_taken_away_and_recorded(name: str) -> None:
    environment = {name: "1", "PATH": "/bin"}

    assert cleared(environment) == {"PATH": "/bin", **PINNED}
    assert found(environment) == (Setting(name, "1", None),)


@pytest.mark.parametrize("name", PINNED)
def test_what_cublas_computes_with_is_pinned(name: str) -> None:
    assert cleared({}) == PINNED
    assert cleared({name: "1"}) == PINNED
    assert found({name: "1"}) == (Setting(name, "1", PINNED[name]),)
    assert found({name: PINNED[name]}) == ()


@pytest.mark.parametrize("name", HANDED_ON)
def test_what_a_machine_may_need_is_handed_on_and_recorded(name: str) -> None:
    assert cleared({name: "x"}) == {name: "x", **PINNED}
    assert found({name: "x"}) == (Setting(name, "x", "x"),)


@pytest.mark.parametrize("name", NOT_OURS)
def test_what_says_where_and_which_stays_and_is_never_recorded(name: str) -> None:
    assert cleared({name: "x"}) == {name: "x", **PINNED}
    assert found({name: "x"}) == ()


def test_the_remedy_for_a_blas_that_does_not_know_its_processor_stays_in_force() -> None:
    wide, narrow = {"OPENBLAS_CORETYPE": "SkylakeX"}, {"OPENBLAS_CORETYPE": "Prescott"}

    assert (cleared(wide), cleared(narrow)) == (wide | PINNED, PINNED)
    assert found(wide) == (Setting("OPENBLAS_CORETYPE", "SkylakeX", "SkylakeX"),)
    assert found(narrow) == (Setting("OPENBLAS_CORETYPE", "Prescott", None),)


def test_a_value_that_is_no_text_is_recorded_as_one_that_is() -> None:
    (kept,) = found({"LD_PRELOAD": "\udcff" + "x" * 1000})

    assert kept.value == kept.given == "?" + "x" * 199


def test_a_library_may_use_as_many_threads_as_there_are_cpus() -> None:
    assert set(threads(3).values()) == {"3"}
    assert {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"} <= set(threads(3))


def test_the_inventory_names_what_was_found() -> None:
    settings = discover(None, (), {"NUMBA_OPT": "0", "SECRET": "x"}).settings

    assert settings == (Setting("NUMBA_OPT", "0", None),)
