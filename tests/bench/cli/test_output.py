"""How wide a console is."""

import pytest

from bench.cli.output import console


@pytest.mark.parametrize(
    ("terminal", "columns", "width"),
    [(True, 40, 80), (True, 80, 80), (True, 200, 200), (False, 40, 100), (False, 200, 200)],
)
def test_no_column_of_a_table_vanishes_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, columns: int, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    assert console(force_terminal=terminal).width == width
