"""What an operator may declare, and what is refused."""

import pytest

from bench.errors import UsageError
from reports.declarations.facility import Facility, StoragePool

HEAD = 'name = "F"\nscope = "city"\n'
GROUP = '[[groups]]\nname = "g"\nnodes = 2\ncompute_class = "general"\ndevice = "C"\n'
RATE = (
    '[[groups.declared]]\ndevice = "cpu"\npipe = "vector"\nprecision = "fp32"\n'
    'flop_per_s = 1e12\nsource = "s"\n'
)


def test_the_example_reads_and_shows_every_key(example_city: Facility) -> None:
    assert example_city.scope == "city"
    assert example_city.sites == ("North campus", "South campus")
    unset = {
        name
        for name in Facility.__dataclass_fields__
        if name not in ("switches",) and not getattr(example_city, name)
    }
    assert unset == set()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (GROUP.replace("nodes = 2", "nodes = -2"), "groups[0]: nodes is -2; wanted 1 to 10"),
        (GROUP.replace("nodes = 2", "nodes = 0"), "nodes is 0"),
        (GROUP.replace("nodes = 2", "nodes = 2.5"), "groups[0].nodes: wanted int, found 2.5"),
        (GROUP + 'hosts = ["a", "b", "c"]', "3 hosts are named for 2 nodes"),
        (GROUP + 'hosts = ["a", "a"]', 'host "a" is named twice'),
        (GROUP + GROUP, 'group "g" is named twice'),
        (GROUP.replace("general", "quantum"), "wanted one of 'general', 'intelligent', 'hpc'"),
        (GROUP + RATE.replace("1e12", "-1e12"), "flop_per_s is -1e+12"),
        (GROUP + RATE.replace("1e12", "nan"), "wanted a finite number"),
        (GROUP + RATE + "unit = 'x'\n", 'unknown key "unit"'),
        ('[edge_coverage]\ncovered = -1\ntotal = 4\nsource = "s"', "edge_coverage: -1 of 4"),
        ('[edge_coverage]\ncovered = 5\ntotal = 4\nsource = "s"', "5 of 4"),
        ('[edge_coverage]\ncovered = 0\ntotal = 0\nsource = "s"', "0 of 0"),
        ('[edge_coverage]\ncovered = 1\ntotal = 2\n', '"source" is missing'),
        ('[applications]\ncount = -1\nsource = "s"', "applications: count is -1"),
        ('[[pools]]\nname = "p"\nmedia = "flash"\nsource = "s"\nusable_bytes = -1', "below 0"),
        ('[[pools]]\nname = "p"\nmedia = "hybrid"\nsource = "s"\nusable_bytes = 1\n'
         "flash_usable_bytes = 2", "larger than the pool"),
        ('[[pools]]\nname = "p"\nmedia = "floppy"\nsource = "s"', "media: wanted one of"),
        ('[[links]]\nname = "l"\narea = "city"\nlatency_s = -1\nmethod = "one-way"\n'
         'source = "s"', "latency_s is -1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(text: str, wanted: str, make_facility) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError) as caught:
        make_facility(HEAD + text)

    assert wanted in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_cannot_declare_a_lone_machine(make_facility) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match='scope is "machine"'):
        make_facility('name = "F"\nscope = "machine"\n')


@pytest.mark.parametrize(
    ("media", "wanted"),
    [("flash", 100), ("disk", 0), ("tape", 0), ("hybrid", 30), ("unknown", None),
     ("disputed", None), ("network", None)],
)  # fmt: skip
def test_flash_capacity_follows_from_the_medium_or_is_not_known(
    media: str, wanted: int | None
) -> None:
    pool = StoragePool("p", media, "s", usable_bytes=100, flash_usable_bytes=30)  # type: ignore[arg-type]

    assert pool.flash_bytes("usable") == wanted
    assert pool.flash_bytes("raw") == (0 if wanted == 0 else None)
