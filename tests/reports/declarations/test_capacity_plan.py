"""Every number of the plan, against the plan's own text."""

import re
from pathlib import Path

import pytest

from bench.errors import UsageError
from reports.declarations import capacity_plan
from reports.declarations.capacity_plan import CapacityPlan, Indicator, load

TEXT = "".join(
    (Path(__file__).parent / "data" / "chongqing-2023-2025.zh.txt").read_text("utf-8").split()
)
"""The plan as it was published, without the line breaks of its pages."""

TABLE = TEXT[TEXT.index("序号目标指标") : TEXT.index("1．大型智算中心：")]
IDS = [
    "compute_scale", "large_ai_centres", "ai_compute_share", "edge_coverage", "optical_nodes",
    "srv6_share", "otn_coverage", "osu_share", "low_latency_rate", "storage_total",
    "flash_share", "applications",
]  # fmt: skip

ROWS = {
    1: "1算力规模（EFLOPS）6810",
    2: "2大型智能计算中心（个）1468",
    3: "3智能算力占比20%（基础电信企业25%）30%（基础电信企业35%）40%（基础电信企业45%）",
    4: "4产业园区边缘算力覆盖率240%70%100%",
    5: "5全光调度节点占比360%70%80%",
    6: "6算力灵活调度的网络传输过程SRv6使用占比460%70%80%",
    7: "7重点应用场所光传送网（OTN）覆盖率550%65%100%",
    8: "8算力灵活接入节点占比630%50%70%",
    9: "9算力设施间网络低时延达标率765%75%80%",
    10: "10存储总量（EB）203550",
    11: "11先进存储占比825%28%30%",
    12: "12算力网络应用创新数（个）204060",
}
"""The rows as they stand in the text: number, name, footnote mark, cells."""


def cells(indicator: Indicator) -> list[str]:
    """What the data file says the table's cells are, the general column's."""
    return [
        s.text_zh
        for s in indicator.statements
        if s.place.startswith("table") and s.addressee == "all"
    ]


def test_the_rows_that_these_tests_hold_on_to_are_the_plans() -> None:
    assert "".join(ROWS.values()) == TABLE.removeprefix("序号目标指标2023年2024年2025年")


def test_there_are_twelve_indicators_in_the_plans_order_for_three_years(plan: CapacityPlan) -> None:
    assert [i.id for i in plan.indicators] == IDS
    assert [i.number for i in plan.indicators] == list(range(1, 13))
    assert plan.years == (2023, 2024, 2025)
    assert {i.scope for i in plan.indicators} == {"city"}


@pytest.mark.parametrize("number", range(1, 13))
def test_the_names_and_cells_of_a_row_are_in_the_plans_table(
    number: int, plan: CapacityPlan
) -> None:
    indicator = plan.indicators[number - 1]
    own = [s.text_zh for s in indicator.statements if s.addressee == "telecom"][:3]
    written = cells(indicator)
    if own:
        written = [f"{cell}（{telecom}）" for cell, telecom in zip(written, own, strict=True)]
    # A footnote mark stands between the name and the cells of some rows.
    row = re.escape(f"{number}{indicator.name_zh}") + r"(（EFLOPS）|（个）|（EB）)?\d?"

    assert re.fullmatch(row + re.escape("".join(written)), ROWS[number])


@pytest.mark.parametrize("number", range(1, 13))
def test_the_value_of_a_cell_is_the_number_in_it(number: int, plan: CapacityPlan) -> None:
    indicator = plan.indicators[number - 1]
    stated = [s for s in indicator.statements if s.place.startswith("table")]

    numbers = [float(re.sub(r"\D", "", s.text_zh)) for s in stated]

    assert [indicator.unit.in_plan(s.value) for s in stated] == numbers
    assert [s.year for s in stated] == [2023, 2024, 2025] * (len(stated) // 3)


def test_every_statement_of_the_text_and_every_clause_is_the_plans_own_words(
    plan: CapacityPlan,
) -> None:
    quoted = [s.text_zh for i in plan.indicators for s in i.statements if "table" not in s.place]
    quoted += [clause.text_zh for clause in plan.clauses]

    assert len(quoted) == 25
    assert [words for words in quoted if words not in TEXT] == []


def test_the_number_in_each_statement_of_the_text_is_its_value(plan: CapacityPlan) -> None:
    found = {}
    for indicator in plan.indicators:
        for s in indicator.statements:
            if "table" not in s.place:
                words = s.text_zh.split("（基础电信企业")[s.addressee == "telecom"]
                last = re.findall(r"\d+", words.replace("IPv6", "").replace("SRv6", ""))[-1]
                found[indicator.id, s.addressee] = (float(last), indicator.unit.in_plan(s.value))

    assert len(found) == 11
    assert [key for key, (written, value) in found.items() if written != value] == []


def test_above_excludes_and_or_more_includes_the_number(plan: CapacityPlan) -> None:
    operators = {
        (i.id, s.text_zh): s.operator
        for i in plan.indicators
        for s in i.statements
        if "table" not in s.place
    }

    above = {i for (i, words), operator in operators.items() if operator == ">"}
    assert above == {i for (i, words) in operators if "超过" in words}
    assert above == {"compute_scale", "storage_total"}
    assert operators["flash_share", "先进存储容量占比达到30%以上"] == ">="


@pytest.mark.parametrize(
    ("id", "year", "operator", "value"),
    [
        ("compute_scale", 2023, ">=", 6e18),
        ("compute_scale", 2025, ">", 10e18),
        ("storage_total", 2024, ">=", 35e18),
        ("storage_total", 2025, ">", 50e18),
        ("flash_share", 2025, ">=", 0.3),
        ("low_latency_rate", 2025, ">=", 0.8),
    ],
)
def test_where_table_and_text_differ_the_strictest_is_judged(
    id: str, year: int, operator: str, value: float, plan: CapacityPlan
) -> None:
    indicator = plan.indicators[IDS.index(id)]

    target = indicator.target(year, telecom=False)

    assert (target.operator, target.value) == (operator, value)


def test_telecom_operators_have_a_column_of_their_own_for_indicator_3_alone(
    plan: CapacityPlan,
) -> None:
    differing = {
        i.id: [i.target(year, telecom=True).value for year in plan.years]
        for i in plan.indicators
        if i.target(2025, telecom=True) != i.target(2025, telecom=False)
    }

    assert differing == {"ai_compute_share": [0.25, 0.35, 0.45]}


@pytest.mark.parametrize(
    ("id", "operator", "value", "scope", "binding", "words"),
    [
        ("large_ai_centre", ">=", 100e15, "facility", False, "100PFLOPS以上"),
        (
            "latency_main_urban",
            "<=",
            1e-3,
            "link",
            False,
            "主城都市区内各算力设施间网络时延不高于1ms",
        ),
        ("latency_city", "<=", 3e-3, "link", False, "市内算力设施间网络时延不高于3ms"),
        ("business_iops", ">=", 10_000, "volume", True, "万IOPS（每秒读写能力）以上"),
        ("disaster_recovery", ">=", 1.0, "city", True, "灾备覆盖率达到100%"),
    ],
)
def test_the_thresholds_of_the_text_are_its_own(
    id: str, operator: str, value: float, scope: str, binding: bool, words: str, plan: CapacityPlan
) -> None:
    threshold = plan.threshold(id)

    assert (threshold.operator, threshold.value) == (operator, value)
    assert (threshold.scope, threshold.binding) == (scope, binding)
    assert words in plan.clause(threshold.clause).text_zh
    assert words in TEXT


def test_units_are_the_plans_beside_si(plan: CapacityPlan) -> None:
    units = {i.id: (i.unit.plan, i.unit.si, i.unit.factor) for i in plan.indicators}

    assert units["compute_scale"] == ("EFLOPS", "FLOP/s", 1e18)
    assert units["storage_total"] == ("EB", "B", 1e18)
    assert units["applications"] == ("count", "count", 1)
    assert {unit[0] for unit in units.values()} == {"EFLOPS", "EB", "%", "count"}


def test_percent_in_the_plans_unit_are_whole_numbers_again(plan: CapacityPlan) -> None:
    unit = plan.indicators[10].unit

    wrong = [n for n in range(101) if unit.in_plan(n / 100) != n]

    assert wrong == []


def test_a_plan_without_a_target_for_one_of_its_years_is_refused(tmp_path: Path) -> None:
    source = Path(__file__).parents[3] / "reports/declarations/plans/chongqing-2023-2025.toml"
    path = tmp_path / "plan.toml"
    path.write_text(source.read_text("utf-8").replace("[2023, 2024, 2025]", "[2023, 2026]"))

    with pytest.raises(UsageError, match="indicator compute_scale has no target for 2026"):
        load(path)


def test_a_released_plan_that_was_edited_is_refused(tmp_path: Path) -> None:
    shipped = Path(capacity_plan.__file__).parent / "plans" / f"{capacity_plan.DEFAULT}.toml"
    edited = tmp_path / "edited.toml"
    edited.write_text(
        re.sub(r"(?m)^value = .*$", "value = 1.0", shipped.read_text("utf-8")), "utf-8"
    )
    copied = tmp_path / "copied.toml"
    copied.write_text(shipped.read_text("utf-8"), "utf-8")

    with pytest.raises(UsageError, match="called chongqing-2023-2025 and is not that plan"):
        load(edited)
    assert load(copied) == load(capacity_plan.DEFAULT)
