"""Names of ARM cores: the kernel prints an implementer and a part, and no name.

Numbers are those of the kernel's `arch/arm64/include/asm/cputype.h` and of `lscpu`.
"""

from collections.abc import Mapping

_NAMES = {
    0x41: {  # Arm
        0xD03: "Cortex-A53", 0xD04: "Cortex-A35", 0xD05: "Cortex-A55", 0xD07: "Cortex-A57",
        0xD08: "Cortex-A72", 0xD09: "Cortex-A73", 0xD0A: "Cortex-A75", 0xD0B: "Cortex-A76",
        0xD0C: "Neoverse-N1", 0xD0D: "Cortex-A77", 0xD40: "Neoverse-V1", 0xD41: "Cortex-A78",
        0xD46: "Cortex-A510", 0xD47: "Cortex-A710", 0xD49: "Neoverse-N2", 0xD4A: "Neoverse-E1",
        0xD4F: "Neoverse-V2", 0xD80: "Cortex-A520", 0xD81: "Cortex-A720", 0xD83: "Neoverse-V3AE",
        0xD84: "Neoverse-V3", 0xD8E: "Neoverse-N3",
    },
    0x42: {0x516: "Broadcom Vulcan"},
    0x43: {0x0A1: "Cavium ThunderX", 0x0AF: "Cavium ThunderX2"},
    0x46: {0x001: "Fujitsu A64FX", 0x003: "Fujitsu MONAKA"},
    0x48: {0xD01: "HiSilicon TSV110 (Kunpeng 920)", 0xD02: "HiSilicon HIP09 (Kunpeng)",
           0xD06: "HiSilicon HIP12 (Kunpeng)"},
    0x4E: {0x003: "NVIDIA Denver 2", 0x004: "NVIDIA Carmel", 0x010: "NVIDIA Olympus"},
    0x51: {0x001: "Qualcomm Oryon", 0xC00: "Qualcomm Falkor"},
    0x61: {0x022: "Apple Icestorm (M1)", 0x023: "Apple Firestorm (M1)",
           0x032: "Apple Blizzard (M2)", 0x033: "Apple Avalanche (M2)"},
    0x6D: {0xD49: "Microsoft Azure Cobalt 100 (Neoverse-N2)"},
    0x70: {0x303: "Phytium FTC310", 0x660: "Phytium FTC660", 0x661: "Phytium FTC661",
           0x662: "Phytium FTC662", 0x663: "Phytium FTC663", 0x664: "Phytium FTC664",
           0x862: "Phytium FTC862"},
    0xC0: {0xAC3: "Ampere-1", 0xAC4: "Ampere-1a", 0xAC5: "Ampere-1b"},
}  # fmt: skip


def name(facts: Mapping[str, str]) -> str | None:
    """The core that `/proc/cpuinfo` describes so; None where it is none of ARM's architecture.

    >>> name({"CPU implementer": "0x41", "CPU part": "0xd0c"})
    'Neoverse-N1'
    >>> name({"CPU implementer": "0x41", "CPU part": "0xfff"})
    'ARM core of implementer 0x41, part 0xfff'
    """
    implementer, part = facts.get("CPU implementer"), facts.get("CPU part")
    if implementer is None or part is None:
        return None
    try:
        known = _NAMES.get(int(implementer, 0), {}).get(int(part, 0))
    except ValueError:
        known = None
    return known or f"ARM core of implementer {implementer}, part {part}"
