"""Typed reading of JSON objects: every problem is noted with its key path, and passed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from repackage.errors import Problems

T = TypeVar("T")

_KINDS: dict[type, str] = {
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
    type(None): "null",
}
#: More than this many problems say no more than the first ones.
_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind(Generic[T]):
    """What a string stands for; ``placeholder`` takes the place of one that is wrong."""

    parse: Callable[[str], T]
    """Raises ValueError with what is wrong."""
    placeholder: T


class Fields:
    """An object of a document, and where it stands there."""

    def __init__(self, value: object, *, where: str, problems: Problems, key: str = "") -> None:
        self._where = where
        self._key = key
        self._problems = problems
        self._values: dict[str, object] = {}
        if type(value) is dict:
            self._values = value
        else:
            self.tell(f"expected an object, not {_KINDS[type(value)]}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def tell(self, what: str, *, key: str = "") -> None:
        """Note a problem of this object, or of one of its keys."""
        path = self._path(key)
        if len(list(self._problems)) < _SHOWN:
            self._problems.add(what, where=f"{self._where}: {path}" if path else self._where)

    def has(self, key: str) -> bool:
        """Whether there is a value that is not null."""
        return self._values.get(key) is not None

    def text(self, key: str, *, otherwise: str | None = None) -> str:
        """Read a string; without ``otherwise`` it must be there."""
        if otherwise is not None and not self.has(key):
            return otherwise
        return self._exactly(str, key, "")

    def boolean(self, key: str) -> bool:
        """Read a boolean."""
        return self._exactly(bool, key, False)  # noqa: FBT003 - the placeholder

    def integer(self, key: str) -> int:
        """Read an integer."""
        return self._exactly(int, key, 0)

    def one(self, key: str, kind: Kind[T]) -> T:
        """Read a string that stands for something."""
        known = len(list(self._problems))
        text = self._exactly(str, key, "")
        if len(list(self._problems)) > known:
            return kind.placeholder
        return self._parsed(text, kind, key=key)

    def all(self, key: str, kind: Kind[T]) -> tuple[T, ...]:
        """Read an array of strings that stand for something."""
        return tuple(
            Fields({at: value}, where=self._where, problems=self._problems, key=self._key).one(
                at, kind
            )
            for at, value in self._items(key)
        )

    def key(self, key: str, kind: Kind[T]) -> T:
        """Take a key itself for what it stands for."""
        return self._parsed(key, kind, key=key)

    def table(self, key: str) -> Fields:
        """Read an object."""
        return self._below(key, self._exactly(dict, key, {}))

    def tables(self, key: str) -> list[Fields]:
        """Read an array of objects."""
        return [self._below(at, value) for at, value in self._items(key)]

    def _below(self, key: str, value: object) -> Fields:
        path = self._path(key)
        return Fields(value, where=self._where, problems=self._problems, key=path)

    def _items(self, key: str) -> list[tuple[str, object]]:
        values = cast("list[object]", self._exactly(list, key, []))
        return [(f"{key}[{number}]", value) for number, value in enumerate(values)]

    def _exactly(self, kind: type[T], key: str, placeholder: T) -> T:
        """Read a value of exactly this type: a boolean is no integer."""
        value = self._values.get(key)
        if type(value) is kind:
            return value
        said = f"expected {_KINDS[kind]}, not {_KINDS[type(value)]}"
        self.tell(said if key in self._values else "missing", key=key)
        return placeholder

    def _parsed(self, text: str, kind: Kind[T], *, key: str) -> T:
        try:
            return kind.parse(text)
        except ValueError as error:
            self.tell(str(error), key=key)
            return kind.placeholder

    def _path(self, key: str) -> str:
        return f"{self._key}.{key}" if self._key and key else self._key or key
