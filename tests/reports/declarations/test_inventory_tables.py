"""Inventories as people have them, and what must be refused with its place."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from bench.errors import UsageError
from reports.declarations.inventory_tables.cells import CellError, number, size_bytes, unit_of
from reports.declarations.inventory_tables.columns import ColumnMap, column_map
from reports.declarations.storage_inventory import StorageInventory, load_inventory

CASES = Path(__file__).parent / "tables"
TB = 10**12


def sizes(inventory: StorageInventory) -> list[tuple[str, str, int | None, int | None]]:
    return [(p.name, p.media, p.raw_bytes, p.usable_bytes) for p in inventory.pools]


def csv(tmp_path: Path, text: str, code: str = "utf-8", **said: object) -> StorageInventory:
    (tmp_path / "x.csv").write_bytes(text.encode(code))
    return load_inventory(tmp_path / "x.csv", ColumnMap(**said))


def xlsx(tmp_path: Path, *rows: tuple[object, ...], merge: str = "") -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Pools"
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    book.save(tmp_path / "x.xlsx")
    return tmp_path / "x.xlsx"


def refusal(path: Path, said: ColumnMap | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        load_inventory(path, said)
    return caught.value.message


DB = ("db", "flash", 92_160_000_000_000, 70_500_000_000_000)


@pytest.mark.parametrize(
    ("name", "pools"),
    [
        (
            "own-columns",
            [
                ("DB-AllFlash", *DB[1:]),
                ("Archive", "disk", 1920 * TB, 1600 * TB),
                ("Mixed", "hybrid", 300 * TB, 220 * TB),
            ],
        ),
        ("chinese-utf8", [("数据库", *DB[1:]), ("归档", "disk", 1920 * TB, 1600 * TB)]),
        ("semicolon", [DB]),
        ("units", [DB, ("archive", "disk", 1920 * TB, 16 * 2**50 // 10)]),
        ("thousands", [DB]),
        ("ssd-hdd-words", [DB, ("archive", "disk", 1920 * TB, 1600 * TB)]),
        ("extra-columns", [DB]),
    ],
)
def test_every_case_has_the_right_bytes_and_media(name, pools):
    assert sizes(load_inventory(CASES / f"ledger-{name}.csv")) == pools


def test_a_size_of_toml_may_be_written_with_an_exponent_if_it_is_whole(tmp_path):
    assert sizes(load_inventory(CASES / "ledger-whole-float.toml")) == [DB]
    text = (CASES / "ledger-whole-float.toml").read_text().replace("92.16e12", "1.5")
    (tmp_path / "x.toml").write_text(text)
    assert "line 6: top level.pools[0].raw_bytes: wanted int" in refusal(tmp_path / "x.toml")


def test_drives_without_a_serial_number_are_lines_of_their_own():
    found = load_inventory(CASES / "ledger-drive-without-serial.csv")
    assert [(d.raw_bytes, d.place) for d in found.drives] == [
        (3_840_755_982_336, "line 3"),
        (3_840_755_982_336, "line 4"),
    ]


def test_how_a_table_was_read_is_told_and_of_our_own_form_nothing():
    assert load_inventory(CASES / "ledger-own-columns.csv").notes == (
        "columns read: Pool = pool, Media Type = media, Raw (TB) = raw_bytes, "
        "Usable (TB) = usable_bytes, IOPS = iops",
        "columns passed over: Array, RAID",
    )
    assert load_inventory(CASES / "ledger-extra-columns.csv").notes == (
        "columns passed over: location, owner",
    )
    assert load_inventory(CASES / "ledger-units.csv").notes == ()


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_code_and_separator_is_read(tmp_path, code, separator):
    text = (CASES / "ledger-chinese-utf8.csv").read_text("utf-8-sig").replace(",", separator)
    assert [p.name for p in csv(tmp_path, text, code).pools] == ["数据库", "归档"]


def test_a_line_stands_for_as_many_drives_as_it_says(tmp_path):
    found = csv(tmp_path, "型号,介质,单盘容量(TB),数量\nA,SSD,3.84,24\nB,HDD,20,60\n")
    assert [(p.name, p.media) for p in found.pools] == [
        ("flash drives", "unknown"), ("disk drives", "unknown"),
    ]  # fmt: skip
    assert sum(drive.raw_bytes for drive in found.drives) == 24 * 3_840_000_000_000 + 1200 * TB
    assert (len(found.drives), found.drives[0].place) == (84, "line 2")


def test_a_text_in_a_western_code_is_not_taken_for_chinese(tmp_path):
    text = "Pool;Medium;Bruttokapazität (TB)\na;SSD;92,16\nb;HDD;1.920,5\n"
    found = csv(tmp_path, text, "cp1252")
    assert [p.raw_bytes for p in found.pools] == [92_160_000_000_000, 1_920_500_000_000_000]


def test_a_size_that_nobody_knows_is_not_stated_and_no_zero(tmp_path):
    found = csv(tmp_path, "Pool,Media,Raw (TB)\na,SSD,N/A\nb,HDD,-\n")
    assert [p.raw_bytes for p in found.pools] == [None, None]


def test_a_total_is_left_out_and_told(tmp_path):
    found = csv(tmp_path, "存储池,介质,裸容量(TB)\na,闪存,1\n合计,,1\n")
    assert (len(found.pools), found.notes[-1]) == (1, "line 3 is a total and left out")


def test_a_title_may_stand_above_the_heading(tmp_path):
    found = csv(tmp_path, "Inventory 2025,,\n,,\nPool,Media,Raw (TB)\na,SSD,2\n")
    assert (sizes(found), found.pools[0].place) == ([("a", "flash", 2 * TB, None)], "line 4")


def test_columns_may_be_said_by_options_or_a_file(tmp_path):
    (tmp_path / "map.toml").write_text(
        '[columns]\nname = "A"\nusable_bytes = "C"\n[units]\nusable_bytes = "TiB"\n'
        '[media]\n"高速" = "flash"\n'
    )
    (tmp_path / "x.csv").write_text("A,Media,C\na,高速,2\n")
    found = load_inventory(tmp_path / "x.csv", column_map([str(tmp_path / "map.toml")]))
    assert sizes(found) == [("a", "flash", None, 2 * 2**40)]
    said = column_map(["name=A", "usable_bytes=C"])
    assert "line 2, column 2 (Media): media is '高速'" in refusal(tmp_path / "x.csv", said)
    with pytest.raises(UsageError, match='"colour" is none of'):
        column_map(["colour=A"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Pool,Media,Raw (TB)\na,SATA,1\n", "line 2, column 2 (Media): media is 'SATA'"),
        ("Pool,Media,Raw\na,SSD,92\n", "line 2, column 3 (Raw): raw_bytes is '92' has no unit"),
        ("Pool,Media,Raw (TB)\na,SSD,about 5\n", "column 3 (Raw (TB)): raw_bytes is"),
        ("Pool,Media,Raw (TB)\na,SSD,92 XB\n", "no unit that is known"),
        ("Pool;Media;Raw (TB)\na;SSD;1,920\n", "may mean thousands or a fraction"),
        ("Pool;Media;Raw (TB)\na;SSD;1.920\n", "may mean thousands or a fraction"),
        ("Pool,Media,Raw (wagons)\na,SSD,5\n", "line 1: no heading of a capacity is known"),
        ("Pool,Media,Raw (TB)\na,SSD,-5\n", "line 2: a capacity is below 0"),
        ("Pool,Media,Capacity (TB)\na,SSD,5\n", "neither raw nor usable"),
        ("Model,Media,Size (TB),Quantity\na,SSD,5,1.5\n", "wanted a whole number"),
        ("Model,Media,Size (TB),Quantity\na,SSD,5,0\n", "quantity is 0"),
        ("Serial,Media,Size (TB),Quantity\nAB12345,SSD,5,2\n", "cannot have one serial"),
        ("Pool,Media,Raw (TB)\na,SSD,5\na,SSD,5\n", "stands twice"),
    ],
)  # fmt: skip
def test_what_is_unclear_or_wrong_is_refused_with_its_place(tmp_path, text, said):
    (tmp_path / "x.csv").write_text(text)
    assert said in refusal(tmp_path / "x.csv")


def test_a_workbook_is_read_with_its_numbers_and_notes(tmp_path):
    path = xlsx(tmp_path, ("Pool", "Media", "Raw (TB)"), ("a", "SSD", 92.16), ("b", "HDD", 1920))
    found = load_inventory(path)
    assert sizes(found) == [("a", "flash", DB[2], None), ("b", "disk", 1920 * TB, None)]
    assert found.pools[1].place == "sheet Pools, row 3"


def test_a_fault_of_a_workbook_names_sheet_row_and_column(tmp_path):
    path = xlsx(tmp_path, ("Pool", "Media", "Raw (TB)"), ("a", "SSD", "many"))
    assert "sheet Pools, row 2, column C (Raw (TB)): raw_bytes is 'many'" in refusal(path)


def test_a_formula_that_nobody_computed_is_an_error_and_no_zero(tmp_path):
    path = xlsx(tmp_path, ("Pool", "Media", "Raw (TB)"), ("a", "SSD", "=24*3.84"))
    said = "row 2, column C (Raw (TB)): is a formula that no spreadsheet program has computed"
    assert said in refusal(path)
    for cached, right in (("0", None), ("92.16", DB[2])):
        packed = zipfile.ZipFile(path)
        parts = {name: packed.read(name) for name in packed.namelist()}
        sheet = "xl/worksheets/sheet1.xml"
        written = parts[sheet].replace(b"<v></v>", b"<v />").replace(
            b"<v />", f"<v>{cached}</v>".encode()
        )  # fmt: skip
        assert written != parts[sheet]
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as again:
            for name, data in (parts | {sheet: written}).items():
                again.writestr(name, data)
        (tmp_path / "y.xlsx").write_bytes(buffer.getvalue())
        if right is None:
            assert said in refusal(tmp_path / "y.xlsx")
        else:
            assert load_inventory(tmp_path / "y.xlsx").pools[0].raw_bytes == right


def test_a_name_may_be_merged_over_rows_and_a_size_may_not(tmp_path):
    rows = (("Pool", "Serial", "Media", "Size (TB)"), ("a", "A1234567", "SSD", 4),
            (None, "B1234567", "SSD", 4))  # fmt: skip
    assert [d.pool for d in load_inventory(xlsx(tmp_path, *rows, merge="A2:A3")).drives] == [
        "a", "a",
    ]  # fmt: skip
    assert "row 3, column D (Size (TB)): is merged" in refusal(
        xlsx(tmp_path, *rows[:2], (None, "B1234567", "SSD", None), merge="D2:D3")
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0 old", "before 2007"),
        (b"PK\x03\x04 broken", "not an Excel file that can be read"),
        (b"\xff\xfe", "no heading"),
        (b'Pool,Media\n"open', "line 2"),
        (b"", "no heading"),
    ],
)
def test_bytes_that_are_no_table_are_one_line(tmp_path, data, said):
    (tmp_path / "x.xlsx").write_bytes(data)
    assert said in refusal(tmp_path / "x.xlsx")


@pytest.mark.parametrize(
    ("text", "value"),
    [("92,160,000", 92_160_000), ("1.920.000,5", 1_920_000.5), ("92,16", 92.16), ("1,920", 1920),
     ("92 160", 92_160), ("92\u00a0160", 92_160), ("9.216E+13", 92_160_000_000_000),
     ("1_000", 1000)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, value):
    assert float(number(text)) == value


@pytest.mark.parametrize("text", ["", "1,2,3", "1.2.3", "12,34,567", "1e999", "nan", "--1", "1 2"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(CellError):
        number(text)


def test_units_are_decimal_and_binary_and_nothing_else():
    assert [unit_of(u) for u in ("TB", "TiB", "t", "B", "字节", "PiB")] == [
        TB, 2**40, TB, 1, 1, 2**50,
    ]  # fmt: skip
    assert [unit_of(u) for u in ("", "i", "X", "TBs", "iB")] == [None] * 5
    assert size_bytes("1.5 TiB", None) == 3 * 2**39
    assert size_bytes("92.16TB", 1) == 92_160_000_000_000
