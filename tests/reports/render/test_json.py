"""report.json: its shape is a promise to scripts."""

import json

from reports.render import render
from reports.report import Report

FIXED = {
    "number", "id", "year", "unit", "target", "value", "low", "high", "verdict", "basis",
}  # fmt: skip


def test_the_keys_that_scripts_rely_on_are_there(machine: Report, city: Report) -> None:
    for report in (machine, city):
        document = json.loads(render(report, "json"))
        indicators = document["plan"]["indicators"]

        assert [i["number"] for i in indicators] == list(range(1, 13))
        assert [i["id"] for i in indicators if not i.keys() >= FIXED] == []
        assert {i["verdict"] for i in indicators} <= {
            "met", "not met", "undecided", "not measured",
        }  # fmt: skip
        assert {i["basis"] for i in indicators} <= {"measured", "declared", "mixed", None}
        assert all(
            e.keys() >= {"metric", "value", "low", "high", "unit", "confidence", "n"}
            for e in document["estimates"]
        )


def test_it_is_sorted_strict_and_ends_with_a_newline(city: Report) -> None:
    text = render(city, "json")

    document = json.loads(text)
    again = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    assert text == again + "\n"


def test_what_the_evidence_says_stays_data(hostile: Report) -> None:
    document = json.loads(render(hostile, "json"))

    assert document["machines"][0]["host"].startswith("</script>")
