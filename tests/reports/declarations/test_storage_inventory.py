"""Inventories in files: the same whatever the form, and every fault with its place."""

import pytest

from bench.errors import UsageError
from bench.evidence.codec import replace
from reports.declarations import storage_inventory

TB = 10**12


def test_csv_and_toml_say_the_same(tmp_path):
    (tmp_path / "x.csv").write_text(
        "kind,name,media,source,usable_bytes,iops,pool,raw_bytes,serial\n"
        "pool,f,flash,test,1_000_000_000_000,250000,,,\n"
        "drive,,flash,,,,f,2000000000000,A1\n"
    )
    (tmp_path / "x.toml").write_text(
        'name = "x"\n[[pools]]\nname = "f"\nmedia = "flash"\nsource = "test"\n'
        "usable_bytes = 1_000_000_000_000\niops = 250000\n"
        '[[drives]]\npool = "f"\nmedia = "flash"\nraw_bytes = 2_000_000_000_000\nserial = "A1"\n'
    )
    csv, toml = (storage_inventory.load_inventory(tmp_path / name) for name in ("x.csv", "x.toml"))
    assert [replace(pool, place=None) for pool in csv.pools] == [
        replace(pool, place=None) for pool in toml.pools
    ]
    assert [drive.place for drive in (*csv.drives, *toml.drives)] == ["line 3", "line 8"]
    assert csv.drives[0].raw_bytes == toml.drives[0].raw_bytes == 2 * TB


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind,name\nshelf,a\n", "wanted pool or drive"),
        ("kind,name\npool,a,b\n", "more cells than columns"),
        ("kind,colour\npool,red\n", "no heading that is known"),
        (
            "kind,name,media,source,usable_bytes\npool,a,flash,t,1.5\n",
            "wanted a number of whole bytes",
        ),
        ("kind,name\n\xff\n", "wanted pool or drive"),
    ],
)
def test_a_csv_that_cannot_be_used_is_a_usage_error_with_the_place(tmp_path, text, message):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(UsageError, match=message):
        storage_inventory.load_inventory(tmp_path / "x.csv")


def test_bytes_that_are_no_text_are_a_usage_error(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"kind\n\xff\n")
    with pytest.raises(UsageError, match="wanted an inventory"):
        storage_inventory.load_inventory(tmp_path / "x.csv")
