from kernels.gemm.library.dispatch import finding

WIDE = {"avx2", "avx512f"}


def test_a_narrow_openblas_core_type_is_a_finding_with_its_remedy() -> None:
    lost = finding("openblas", "Haswell", "AuthenticAMD", WIDE)
    assert "Haswell kernels on a processor with AVX-512" in lost
    assert "OPENBLAS_CORETYPE=SkylakeX" in lost


def test_a_fitting_core_type_is_none() -> None:
    assert finding("openblas", "SkylakeX", "GenuineIntel", WIDE) == ""
    assert finding("openblas", "SapphireRapids", "GenuineIntel", WIDE) == ""


def test_a_narrow_processor_loses_nothing() -> None:
    assert finding("openblas", "Haswell", "AuthenticAMD", {"avx2"}) == ""
    assert finding("mkl", None, "AuthenticAMD", {"avx2"}) == ""


def test_mkl_is_a_finding_only_on_processors_of_another_vendor() -> None:
    assert "AuthenticAMD processor" in finding("mkl", None, "AuthenticAMD", WIDE)
    assert finding("mkl", None, "GenuineIntel", WIDE) == ""
    assert finding("mkl", None, None, WIDE) == ""


def test_an_unknown_core_type_is_not_judged() -> None:
    assert finding("openblas", None, "AuthenticAMD", WIDE) == ""
