"""What a ledger prints is for people."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.cli import main
from bench.cli.storage.ledger_display import folded
from bench.units import format_bytes
from reports.storage_ledger.shares import Share

TABLES = Path(__file__).parents[3] / "reports" / "declarations" / "tables"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["storage", "ledger", *map(str, arguments)])


def shown(name: str) -> str:
    done = run(TABLES / name)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_sizes_are_told_as_they_are_sold_and_as_computers_count_them():
    text = shown("ledger-partial-drive-list.toml")
    assert "raw        1.00 PB (909 TiB)\n" in text
    assert "000000" not in text
    assert "usable     not stated: databases, archive\n" in text
    assert [format_bytes(n) for n in (0, 999, 1000, 1024, 71 * 10**12, 50 * 10**18)] == [
        "0 B", "999 B", "1.00 kB", "1.02 kB (1.00 KiB)", "71.0 TB (64.6 TiB)",
        "50.0 EB (43.4 EiB)",
    ]  # fmt: skip


def test_a_remark_names_its_line_and_what_to_do():
    assert "pool archive (line 7): its drives have 20.0 TB (18.2 TiB), 900 TB" in shown(
        "ledger-partial-drive-list.toml"
    )
    assert "list every drive of it, or correct raw_bytes" in shown("ledger-partial-drive-list.toml")


def share(definition: str, hybrid: str, low: float, high: float) -> Share:
    return Share(definition, "raw", hybrid, 0, 0, low, high, None)


def test_equal_shares_are_one_line_and_different_ones_are_not():
    lines = [
        " ".join(line.split())
        for line in folded(
            [share(d, h, 0.1, 0.1) for d in ("a", "b") for h in ("none", "flash tier")]
            + [share("c", "none", 0.1, 0.1), share("c", "flash tier", 0.1, 0.2)]
        )
    ]
    assert lines == [
        "raw 10.00% by a, b, c (hybrid: none)",
        "raw 10.00% to 20.00% by c (hybrid: flash tier)",
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_is_an_inventory_that_is_read(tmp_path, form):
    done = run("--template", form)
    assert done.exit_code == 0
    path = tmp_path / f"form.{form}"
    path.write_bytes(done.stdout_bytes)
    text = run(path).stdout
    assert "raw        2.01 PB (1.79 PiB)" in text
    assert "columns" not in text


def test_columns_are_said_by_options(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("A,Art,Menge (TB)\na,SSD,2\n")
    assert run(path).exit_code == 2
    done = run(
        path, "--columns", "name=A", "--columns", "media=Art", "--columns", "raw_bytes=Menge (TB)"
    )
    assert (done.exit_code, "raw        2.00 TB (1.82 TiB)" in done.stdout) == (0, True)
