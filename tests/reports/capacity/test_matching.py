"""Which evidence stands for which group."""

import pytest

from bench.errors import UsageError
from bench.evidence.codec import replace
from bench.evidence.inventory import Storage
from reports.capacity.matching import assign, of_machines
from reports.report.testing import analysed

HEAD = 'name = "F"\nscope = "facility"\n'


def group(name: str, device: str, nodes: int = 4, hosts: str = "[]", kind: str = "general") -> str:
    return (
        f'[[groups]]\nname = "{name}"\nnodes = {nodes}\ncompute_class = "{kind}"\n'
        f'device = "{device}"\nhosts = {hosts}\n'
    )


def test_evidence_goes_to_the_group_of_its_device_whatever_the_case(  # type: ignore[no-untyped-def]
    make_evidence, make_facility
) -> None:
    place = make_facility(HEAD + group("old", "CPU A") + group("new", "cpu b"))
    a, b = make_evidence("a", processor="CPU A"), make_evidence("b", processor="CPU B")

    assigned, notes = assign(analysed((a, b)), place)

    assert [(x.group.name, *(e.host for e in x.evidences)) for x in assigned] == [
        ("old", "a"), ("new", "b"),
    ]  # fmt: skip
    assert notes == ()


def test_a_node_with_accelerators_goes_by_them_and_not_by_its_processor(  # type: ignore[no-untyped-def]
    make_evidence, make_facility
) -> None:
    place = make_facility(
        HEAD + group("cpus", "CPU A") + group("gpus", "GPU X", kind="intelligent")
    )

    assigned, _ = assign(
        analysed((make_evidence("a", processor="CPU A", accelerator="GPU X"),)), place
    )

    assert [len(x.evidences) for x in assigned] == [0, 1]


def test_a_host_that_is_named_goes_where_it_is_named(make_evidence, make_facility) -> None:  # type: ignore[no-untyped-def]
    place = make_facility(
        HEAD + group("one", "CPU A", hosts='["a"]') + group("two", "CPU A", hosts='["b"]')
    )

    assigned, _ = assign(analysed((make_evidence("b", processor="CPU A"),)), place)

    assert [len(x.evidences) for x in assigned] == [0, 1]


def test_what_fits_nothing_is_left_out_and_told(make_evidence, make_facility) -> None:  # type: ignore[no-untyped-def]
    place = make_facility(HEAD + group("one", "CPU A"))

    assigned, notes = assign(analysed((make_evidence("x", processor="CPU Z"),)), place)

    assert assigned[0].evidences == ()
    assert notes == ("x (CPU Z) fits no group of F: not counted",)


def test_a_named_host_with_another_device_is_not_counted(make_evidence, make_facility) -> None:  # type: ignore[no-untyped-def]
    place = make_facility(HEAD + group("one", "CPU A", hosts='["x"]'))

    assigned, notes = assign(analysed((make_evidence("x", processor="CPU Z"),)), place)

    assert assigned[0].evidences == ()
    assert notes == ("x (CPU Z) is declared as CPU A: not counted",)


def test_accelerators_in_a_general_group_are_told(make_evidence, make_facility) -> None:  # type: ignore[no-untyped-def]
    place = make_facility(HEAD + group("one", "GPU X"))

    _, notes = assign(analysed((make_evidence("x", accelerator="GPU X"),)), place)

    assert notes == ("x (GPU X) stands in a general group: accelerators not counted",)


@pytest.mark.parametrize(
    ("text", "hosts", "wanted"),
    [
        (group("one", "CPU A") + group("two", "CPU A"), ["x"], "fits the groups one and two"),
        (group("one", "CPU A", nodes=1), ["x", "y"], "has 1 nodes and evidence of 2"),
        (group("one", "CPU A"), ["x", "x"], "host x is given twice"),
    ],
)
def test_what_contradicts_itself_is_refused(  # type: ignore[no-untyped-def]
    text: str, hosts: list[str], wanted: str, make_evidence, make_facility
) -> None:
    place = make_facility(HEAD + text)

    with pytest.raises(UsageError, match=wanted):
        assign(analysed([make_evidence(host, processor="CPU A") for host in hosts]), place)


def test_without_a_file_each_machine_is_a_group_of_one_node(make_evidence, flash: Storage) -> None:  # type: ignore[no-untyped-def]
    cpu, gpu = make_evidence("a", storage=flash), make_evidence("b", accelerator="GPU X")

    place = of_machines(analysed((cpu, gpu)))

    assert (place.name, place.scope) == ("2 machines", "machine")
    assert [(g.name, g.nodes, g.compute_class, g.device) for g in place.groups] == [
        ("a", 1, "general", "Example CPU"),
        ("b", 1, "intelligent", "GPU X"),
    ]
    assert [(p.name, p.media, p.raw_bytes) for p in place.pools] == [
        ("a:/data", "flash", 3 * 10**12)
    ]


def test_a_simulated_machine_counts_for_no_facility(make_evidence, make_facility) -> None:  # type: ignore[no-untyped-def]
    evidence = make_evidence("a")
    simulated = replace(evidence, inventory=replace(evidence.inventory, simulated=True))
    place = make_facility(
        'name = "F"\nscope = "facility"\n[[groups]]\nname = "g"\nnodes = 1\n'
        'compute_class = "general"\ndevice = "Example CPU"\n'
    )

    (honest,), _ = assign(analysed((evidence,)), place)
    (unreal,), notes = assign(analysed((simulated,)), place)

    assert (len(honest.evidences), len(unreal.evidences)) == (1, 0)
    assert notes == ("a (Example CPU) is simulated: not counted",)
