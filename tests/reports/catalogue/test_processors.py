"""Published peaks of processors, and what their numbers are taken for."""

import pytest

from bench.evidence.codec import replace
from bench.evidence.inventory import Processor
from bench.testing.machine import simulated_inventory
from reports.catalogue.processors import core_sheet, cpu_sheets

BASE = simulated_inventory().host.processor


def processor(vendor: str, family: int | None, model: int, name: str = "", *isa: str) -> Processor:
    return replace(BASE, vendor=vendor, family=family, model=model, model_name=name, isa=isa)


@pytest.mark.parametrize(
    ("given", "microarchitecture", "fp64", "fp32"),
    [
        (processor("GenuineIntel", 6, 79), "Haswell to Coffee Lake", 16, 32),
        (processor("GenuineIntel", 6, 143, "", "avx512_fp16", "amx_tile"),
         "Sapphire Rapids or Emerald Rapids", 32, 64),
        (processor("GenuineIntel", 6, 106), "Ice Lake-SP", 32, 64),
        (processor("GenuineIntel", 6, 85, "Xeon(R) Gold 6238"),
         "Skylake-SP or Cascade Lake, two AVX-512 FMA units", 32, 64),
        (processor("GenuineIntel", 6, 85, "Xeon(R) Silver 4210"),
         "Skylake-SP or Cascade Lake, one AVX-512 FMA unit", 16, 32),
        (processor("AuthenticAMD", 23, 1), "Zen 1", 8, 16),
        (processor("AuthenticAMD", 23, 49), "Zen 2", 16, 32),
        (processor("AuthenticAMD", 25, 1), "Zen 3", 16, 32),
        (processor("AuthenticAMD", 25, 17), "Zen 4 (512 bits in two passes)", 16, 32),
        (processor("AuthenticAMD", 26, 2), "Zen 5", 32, 64),
        (processor("HygonGenuine", 24, 0), "Hygon Dhyana (licensed Zen 1)", 8, 16),
        (processor("0x41", None, 0xD0C), "Neoverse N1", 8, 16),
        (processor("0x48", None, 0xD01), "TaiShan v110 (Kunpeng 920)", 4, 16),
        (processor("none", None, 0, "Loongson-3A6000"), "Loongson LA664", 16, 32),
    ],
)  # fmt: skip
def test_a_processor_is_known_by_what_the_kernel_says_of_it(
    given: Processor, microarchitecture: str, fp64: float, fp32: float
) -> None:
    sheet = core_sheet(given)

    assert sheet is not None
    assert sheet.microarchitecture == microarchitecture
    assert (sheet.fp64, sheet.fp32) == ((fp64, fp64), (fp32, fp32))


def test_a_number_of_fma_units_that_nobody_knows_is_an_interval() -> None:
    sheet = core_sheet(processor("GenuineIntel", 6, 85, "Xeon(R) Processor"))

    assert sheet is not None
    assert sheet.fp32 == (32, 64)


def test_a_model_number_that_its_extensions_belie_is_not_believed() -> None:
    sheet = core_sheet(processor("GenuineIntel", 6, 167, "", "avx512f", "amx_tile"))

    assert sheet is not None
    assert sheet.microarchitecture == "from ISA flags (avx512f, amx_tile)"


@pytest.mark.parametrize(
    ("isa", "fp32"),
    [(("avx512f", "avx2", "fma"), (32, 64)), (("avx2", "fma"), (16, 32)), (("asimd",), (8, 32))],
)
def test_an_unknown_processor_has_bounds_from_its_extensions_labelled_so(
    isa: tuple[str, ...], fp32: tuple[float, float]
) -> None:
    sheet = core_sheet(processor("Unheard", 1, 1, "", *isa))

    assert sheet is not None
    assert sheet.microarchitecture.startswith("from ISA flags")
    assert (sheet.fp32, sheet.confidence) == (fp32, "L")


def test_a_processor_without_known_extensions_has_no_sheet() -> None:
    assert core_sheet(processor("Unheard", 1, 1)) is None


def test_every_sheet_has_a_source_and_bounds_in_order() -> None:
    sheets = cpu_sheets()

    assert [s.microarchitecture for s in sheets.cores if not s.source] == []
    assert [s for s in sheets.cores if not 0 < s.fp64[0] <= s.fp64[1] <= s.fp32[0]] == []
    assert [f for f in sheets.fallbacks if not 0 < f.fp32[0] <= f.fp32[1]] == []
