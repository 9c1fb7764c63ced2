import json

import pytest

from storage_bench.engines.fio.documents import decoded, documents, last
from storage_bench.errors import StorageError

PLAIN = json.dumps({"fio version": "fio-3.33", "jobs": []}, indent=1)
FOUND = json.loads(PLAIN)


@pytest.mark.parametrize(
    "before",
    [
        "2024-01-01T00:00:00.123456789Z ",
        "2024-01-01 00:00:00,120 INFO ",
        "[pod/fio-x2v/fio] ",
        "Jan 01 00:00:00 node1 fio[77]: ",
        "fio-1  | ",
        "[   12.50] ",
    ],
)
def test_what_a_log_puts_before_each_line_is_left_out(before):
    text = "\n".join(before + line for line in PLAIN.splitlines())
    assert documents(text).found == ((FOUND, ()),)


def test_times_of_the_lines_may_differ_and_other_lines_stay():
    lines = PLAIN.splitlines()
    stamped = [f"2024-01-01T00:00:0{i}{'.5' if i else ''}Z {line}" for i, line in enumerate(lines)]
    found = documents("\n".join(["fio: a word", *stamped]))
    assert (found.found[0][0], found.around) == (
        FOUND,
        ("noise (lines: 1), first: fio: a word",),
    )


@pytest.mark.parametrize("text", [f"[{PLAIN},\n{PLAIN}]", PLAIN + PLAIN, PLAIN + "\n" + PLAIN])
def test_a_list_of_documents_and_a_row_of_them_are_all_read(text):
    assert len(documents(text).found) == 2


def test_a_document_on_one_line_is_read():
    assert documents(json.dumps(FOUND)).found == ((FOUND, ()),)


def test_utf_16_and_a_byte_order_mark_are_read():
    for code in ("utf-16", "utf-8-sig", "utf-8"):
        assert documents(decoded(PLAIN.encode(code))).found == ((FOUND, ()),)


def test_a_brace_that_begins_nothing_is_no_document():
    for text in ("{}x", "set {a, b}", "x {", "{" * 100_000, " " * 100_000 + "x", "[" * 50_000):
        with pytest.raises(StorageError):
            documents(text)


def test_a_signal_is_told_and_other_noise_beside_it():
    _, warnings = last(f"\nfio: terminating on signal 15\nhello\n{PLAIN}")
    assert warnings == [
        "the run was cut off: fio: terminating on signal 15",
        "noise (lines: 1), first: hello",
    ]
