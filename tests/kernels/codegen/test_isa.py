from kernels.codegen.isa import cpu_features, features_in, target_features

X86 = """processor\t: 0
model name\t: Some CPU
flags\t\t: fpu fma avx512f avx512_fp16 avx_vnni

processor\t: 1
flags\t\t: fpu
"""
ARM = "processor\t: 0\nBogoMIPS\t: 200.00\nFeatures\t: fp asimd evtstrm asimdhp\n"


def test_extensions_get_the_names_that_llvm_gives_them() -> None:
    assert features_in(X86) == {"fpu", "fma", "avx512f", "avx512fp16", "avxvnni"}
    assert features_in(ARM) == {"fp", "neon", "evtstrm", "asimdhp"}


def test_a_text_that_names_no_extensions_has_none() -> None:
    assert features_in("processor\t: 0\nvendor_id\t: IBM/S390\n") == frozenset()


def test_the_compiler_and_the_kernel_agree_about_this_cpu() -> None:
    asked = {"fma", "avx512f", "avx512bf16", "avx512fp16", "avx512vnni", "avxvnni", "neon"}
    assert cpu_features() & asked == target_features() & asked
