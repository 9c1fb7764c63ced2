"""The base class of everything that is sealed: a msgspec struct, or a frozen dataclass without it.

A node that lacks msgspec measures and writes the same bytes; only reading is slower there.
"""

import dataclasses
import importlib
import typing
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

msgspec: Any
"""The library, or None."""
try:
    msgspec = importlib.import_module("msgspec")
except ModuleNotFoundError:
    msgspec = None

if TYPE_CHECKING:

    @typing.dataclass_transform(frozen_default=True)
    class Record:
        """A frozen record. One of a union has a tag in the field `kind`.

        `dict` lets a record keep what it computed of itself (`functools.cached_property`).
        """

        def __init_subclass__(
            cls, *, tag_field: str | None = None, tag: str | None = None, dict: bool = False
        ) -> None: ...

elif msgspec is not None:

    class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        """A frozen record as a struct."""

else:

    class Record:
        """The same as a frozen dataclass; options of a struct have no meaning here."""

        tag = None

        def __init_subclass__(cls, *, tag: str | None = None, **options: Any) -> None:
            super().__init_subclass__()
            cls.tag = tag
            dataclasses.dataclass(frozen=True)(cls)


def replace(value: T, /, **changes: Any) -> T:
    """A record or dataclass with other values in some fields."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **changes)
    changed: T = msgspec.structs.replace(value, **changes)
    return changed


def fields_of(wanted: Any) -> dict[str, bool]:
    """Names of the fields of a record or dataclass, and whether each has to be given."""
    if dataclasses.is_dataclass(wanted):
        return {
            field.name: field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING
            for field in dataclasses.fields(wanted)
            if field.init
        }
    return {field.name: field.required for field in msgspec.structs.fields(wanted)}


def tag_of(wanted: Any) -> str | None:
    """The `kind` of a record that is one of a union; None of any other, and of dataclasses."""
    if not issubclass(wanted, Record):
        return None
    found = wanted.tag if msgspec is None else wanted.__struct_config__.tag
    return None if found is None else str(found)


def is_record(wanted: object) -> bool:
    """Whether a class is made of fields that can be encoded one by one."""
    return isinstance(wanted, type) and (
        dataclasses.is_dataclass(wanted) or issubclass(wanted, Record)
    )
