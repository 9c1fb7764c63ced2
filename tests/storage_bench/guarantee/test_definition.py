import tomllib
from hashlib import sha256
from importlib.resources import files

import pytest

from storage_bench.errors import StorageError
from storage_bench.guarantee import definition

TABLE = tomllib.loads(
    (files("storage_bench.guarantee") / "definitions/critical-business@1.0.toml").read_text()
)


def test_every_definition_bears_the_name_of_its_file_and_has_a_tier_that_certifies():
    loaded = {name: definition.load(name) for name in definition.names()}
    assert {name: found.id for name, found in loaded.items()} == {n: n for n in loaded}
    assert all(any(t.certifies for t in found.tiers.values()) for found in loaded.values())


def test_the_load_is_offered_above_the_target_with_little_enough_in_flight():
    # Little's law: the target at the latency bound needs 20 in flight, so 16 never exceed it.
    found = definition.load()
    job = found.job(found.tiers["full"], 2**36, seed=1)
    assert (job.rate_iops, job.block_bytes, job.read_share) == (pytest.approx(11_000), 8192, 0.7)
    assert job.depth / found.target_iops < found.latency.p99_s


@pytest.mark.parametrize(
    ("volume", "memory", "cache", "expected"),
    [
        (0, 0, 0, 2**36),
        (2**40, 0, 0, 109951164416),
        (0, 2**36, 0, 2**37),
        (0, 2**36, 2**35, 3 * 2**36),
    ],
)
def test_the_working_set_is_beyond_memory_cache_and_a_tenth_of_the_volume(
    volume, memory, cache, expected
):
    tier = definition.load().tiers["full"]
    assert tier.working_set_bytes(volume, memory, 8192, cache) == expected


def test_an_unknown_name_is_an_error_that_lists_the_known():
    with pytest.raises(StorageError, match=r"Known are critical-business@1\.0"):
        definition.load("silver@9")


@pytest.mark.parametrize("key", ["title", "rate"])
def test_a_missing_key_is_an_error(key):
    with pytest.raises(StorageError, match=key):
        definition.decoded({k: v for k, v in TABLE.items() if k != key})


def test_an_unknown_key_is_an_error():
    with pytest.raises(StorageError, match='"colour" is not known'):
        definition.decoded(TABLE | {"colour": 1})
    with pytest.raises(StorageError, match='load: key "fast" is not known'):
        definition.decoded(TABLE | {"load": TABLE["load"] | {"fast": True}})


def test_seconds_are_floats_however_the_file_writes_them():
    found = definition.load()
    assert {type(t.duration_s) for t in found.tiers.values()} == {float}
    assert type(found.target_iops) is float


def test_the_digest_is_of_the_text_and_not_of_its_meaning():
    text = (
        files("storage_bench.guarantee") / "definitions/critical-business@1.0.toml"
    ).read_bytes()
    assert definition.text_sha256("critical-business@1.0") == sha256(text).hexdigest()
    with pytest.raises(StorageError, match="Known are"):
        definition.text_sha256("silver@9")


def test_what_a_replicate_writes_is_known_before_it_runs():
    found = definition.load()
    written = found.written_bytes(found.tiers["full"], 2**36)
    load = 3300 * 4200 * 8192
    assert written == 2**36 + load + 1000 * 8192 + 23_068_672
