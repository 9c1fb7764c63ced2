"""Plain data to dataclasses and back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.evidence.codec import DecodeError, canonical, decode, encode, parse


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
