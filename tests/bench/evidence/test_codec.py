"""Plain data to dataclasses and back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.evidence import codec
from bench.evidence.codec import (
    DecodeError,
    NotCanonical,
    Record,
    canonical,
    decode,
    encode,
    parse,
    read,
    receive,
    written_again,
)
from bench.evidence.codec.canonical_json import spelled


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Cat:
    name: str
    lives: int = 9
    kind: Literal["cat"] = "cat"


@dataclass(frozen=True)
class Dog:
    weight_kg: float
    colour: Colour | None
    kind: Literal["dog"] = "dog"


@dataclass(frozen=True)
class Home:
    pets: tuple[Cat | Dog, ...]
    notes: dict[str, str]

    def __post_init__(self) -> None:
        if len(self.pets) > 2:
            raise ValueError("three pets are too many")


HOME = Home((Cat("Tom"), Dog(7.5, Colour.RED)), {"street": "长江路"})


def test_what_was_encoded_decodes_to_the_same_value() -> None:
    assert decode(Home, parse(canonical(HOME))) == HOME


def test_canonical_bytes_have_sorted_keys_no_spaces_and_real_characters() -> None:
    assert canonical({"b": 1, "a": "长"}) == '{"a":"长","b":1}\n'.encode()


def test_an_unknown_key_is_named_with_its_place() -> None:
    raw = encode(HOME)
    raw["pets"][0]["colour"] = "blue"
    with pytest.raises(DecodeError, match=r'pets\[0\]: unknown key "colour"'):
        decode(Home, raw)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(DecodeError, match='key "notes" is missing'):
        decode(Home, {"pets": []})


def test_an_unknown_member_of_a_union_is_named() -> None:
    with pytest.raises(DecodeError, match="'horse' is not known"):
        decode(Home, {"pets": [{"kind": "horse"}], "notes": {}})


@pytest.mark.parametrize("value", ["7", True, None, float("inf"), 10**400])
def test_a_value_of_another_type_is_not_taken_for_a_number(value: object) -> None:
    raw = encode(HOME)
    raw["pets"][1]["weight_kg"] = value
    with pytest.raises(DecodeError, match="weight_kg"):
        decode(Home, raw)


def test_a_boolean_is_not_an_integer() -> None:
    with pytest.raises(DecodeError, match="lives: wanted int, found True"):
        decode(Cat, {"name": "Tom", "lives": True})


def test_what_the_dataclass_itself_refuses_is_an_error_with_its_words() -> None:
    with pytest.raises(DecodeError, match="three pets are too many"):
        decode(Home, {"pets": [encode(Cat("a"))] * 3, "notes": {}})


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b'{"a":1,"a":2}', 'key "a" appears twice'),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":1', "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"1" * 5_000, "not JSON"),
        (b'\xef\xbb\xbf{"a":1}', "not JSON"),
        (b'{"a":"\\uD800"}', "not JSON"),
        (b'{"\\udfff":1}', "not JSON"),
    ],
)
def test_json_that_readers_disagree_about_is_refused(data: bytes, fault: str) -> None:
    with pytest.raises(DecodeError, match=fault):
        parse(data)


def test_a_whole_character_written_as_two_halves_is_read() -> None:
    assert parse(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_an_error_does_not_repeat_megabytes() -> None:
    with pytest.raises(DecodeError) as found:
        decode(Cat, {"name": ["x" * 10**6]})

    assert len(str(found.value)) < 200


def test_a_number_that_json_does_not_have_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_survives_the_way_to_bytes_and_back(value: float) -> None:
    dog = Dog(value, None)

    assert decode(Dog, parse(canonical(dog))) == dog


class Bird(Record, tag_field="kind", tag="bird"):
    name: str
    wings_m: tuple[float | None, ...] = ()
    eggs: int = 0


class Fish(Record, tag_field="kind", tag="fish"):
    depth_m: float


class Pond(Record):
    animals: tuple[Bird | Fish, ...]
    notes: dict[str, str]
    colour: Colour | None = None


POND = Pond((Bird("duck", (0.4, None), 7), Fish(1e-5)), {"b": "x", "a": "长"}, Colour.RED)
floats = st.floats(allow_nan=False, allow_infinity=False)
"""The numbers that JSON has."""


@given(floats)
def test_a_float_is_spelled_as_msgspec_spells_it(value: float) -> None:
    assert spelled(value) == msgspec.json.encode(value).decode()
    assert float(spelled(value)) == value


@pytest.mark.parametrize(
    "value",
    [0.0, -0.0, 1.0, 1e15, 1e16, 1e17, 123456789012345680.0, 1e22, 1e-4, 1e-5, 1.5e-5, -1.5e-5,
     1e-6, 1.25e-7, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3],
)  # fmt: skip
def test_floats_at_the_edges_have_one_spelling(value: float) -> None:
    assert spelled(value) == msgspec.json.encode(value).decode()


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), floats)),
    st.integers(),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_msgspec_and_the_standard_library_write_the_same_bytes(
    birds: list[tuple[str, float]], eggs: int, note: str
) -> None:
    animals = tuple(Bird(name, (wing, None), eggs) for name, wing in birds)
    pond = Pond(animals, {note: note, "z": ""})

    assert written_again(pond) == canonical(pond)
    assert read(Pond, canonical(pond)) == pond
    assert decode(Pond, parse(canonical(pond))) == pond


def test_a_record_is_read_back_and_a_default_is_written_too() -> None:
    assert read(Pond, canonical(POND)) == POND
    assert b'"eggs":0' in canonical(Pond((Bird("duck"),), {}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"eggs":7', b'"eggs":7,"eggs":7'),
        (b'"eggs":7', b'"eggs": 7'),
        (b'"eggs":7', b'"eggs":7.0'),
        (b'"eggs":7,', b""),
        (b'"eggs":7', b'"eggs":7,"feet":2'),
        (b"0.00001", b"1e-5"),
        (b"0.00001", b"1E-5"),
        (b"0.4,", b"0.40,"),
        (b"0.4,", b"NaN,"),
        (b"0.4,", b"1e400,"),
        (b'"bird"', b'"horse"'),
        (b'"red"', b'"blue"'),
        ("长".encode(), b"\\u957f"),
        ("长".encode(), b"\xff"),
        (b'{"a":', b'{"b":"x","a":'),
        (b"}\n", b"}"),
    ],
)
def test_any_other_spelling_is_refused_with_and_without_msgspec(
    old: bytes, new: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = canonical(POND)
    assert good.count(old) >= 1
    bad = good.replace(old, new, 1)

    with pytest.raises(DecodeError):
        read(Pond, bad)
    monkeypatch.setattr(codec, "msgspec", None)
    with pytest.raises(DecodeError):
        read(Pond, bad)
    assert read(Pond, good) == POND


def test_an_integer_that_is_meant_as_a_float_is_read_as_one_only_where_it_is_written_so() -> None:
    with pytest.raises(NotCanonical):
        read(Fish, canonical(Fish(3)))
    assert receive(Fish, canonical(Fish(3))) == Fish(3.0)


def test_integers_of_any_size_are_the_same_to_both() -> None:
    large = Bird("x", (), 2**80)

    assert written_again(large) == canonical(large)
    assert read(Bird, canonical(large)) == large


@pytest.mark.parametrize("data", [b"[" * 200_000, b"1" * 5_000, b"", b"\xff", b'"\\ud800"'])
def test_what_no_reader_should_choke_on_is_our_own_error(data: bytes) -> None:
    with pytest.raises(DecodeError):
        read(Pond, data)
    with pytest.raises(DecodeError):
        receive(Pond, data)


def test_nothing_that_json_has_not_is_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(Fish(float("inf")))
