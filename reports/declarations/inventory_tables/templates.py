"""The form of an inventory as a table, to be filled in: CSV, or XLSX with a sheet a kind."""

import csv
import io

POOLS = (
    ("name", "media", "raw_bytes", "usable_bytes", "iops", "source"),
    ("databases", "flash", "92.16 TB", "70.5 TB", "250000", "array's own report, 2025-06"),
    ("archive", "disk", "1.92 PB", "1.6 PB", "", "operator's register, 2025-06"),
)
DRIVES = (
    ("pool", "media", "raw_bytes", "quantity", "serial", "model"),
    ("archive", "disk", "20 TB", "", "EXAMPLE01", "with its serial number: one a line"),
    ("archive", "disk", "20 TB", "95", "", "without: how many of a kind"),
)


def csv_template() -> str:
    """One table with a column for the kind of a line."""
    columns = ["kind", *dict.fromkeys((*POOLS[0], *DRIVES[0]))]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for kind, (heading, *rows) in (("pool", POOLS), ("drive", DRIVES)):
        writer.writerows({"kind": kind, **dict(zip(heading, row, strict=True))} for row in rows)
    return text.getvalue()


def xlsx_template() -> bytes:
    """Two sheets, pools and drives. Raises ImportError without openpyxl."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in (("pools", POOLS), ("drives", DRIVES)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.freeze_panes = "A2"
        for column in sheet.columns:
            sheet.column_dimensions[column[0].column_letter].width = 24
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
