"""What users may choose about a store path, whichever way it travels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from repackage.errors import ConfigError, Problems
from repackage_formats.nix_store._path import NAME, STORE, StorePath, store_path

if TYPE_CHECKING:
    from repackage.package import Package

_EXAMPLE = f"{STORE}/<hash>-python3-3.11.9/bin/python3.11"
#: What a first line may be long on macOS; Linux takes 255 bytes.
_LONGEST_INTERPRETER = 240
_PLAIN = re.compile(r"(?:/[0-9a-zA-Z+._?=-]+)+", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreOptions:
    """What a user may choose about a store path."""

    interpreter: str = ""
    """Path of the Python in the store of those who will run it, such as ``/nix/store/<hash>-python3-3.11.9/bin/python3.11``; the path of the store in it becomes a reference. Default: the ``python3`` of the ``PATH``, which must have the target's version."""
    references: tuple[str, ...] = ()
    """Further paths of the store that files name, and that must be there for them. A path that is named and not declared is refused."""
    name: str = ""
    """What follows the hash in the store path. Default: ``<name>-<version>``."""
    foreign: tuple[str, ...] = ()
    """Patterns of files that are machine code and only carried along, never loaded: ``**/testdata/*``."""

    def __post_init__(self) -> None:
        problems = Problems()
        self.check(problems)
        problems.raise_if_any(ConfigError)

    def check(self, problems: Problems) -> None:
        """Note what cannot be used."""
        if self.interpreter and not _is_interpreter(self.interpreter):
            problems.add(
                f"{self.interpreter!r} is no program of a Nix store",
                where="interpreter",
                advice=f"such as {_EXAMPLE!r}; leave it out to use the PATH's python3",
            )
        for index, reference in enumerate(self.references):
            if store_path(reference) is None:
                problems.add(
                    f"{reference!r} is no path directly below {STORE}",
                    where=f"references[{index}]",
                    advice=f"such as '{STORE}/<hash>-openssl-3.0.13'",
                )
        if self.name and not NAME.fullmatch(self.name):
            problems.add(
                f"{self.name!r} cannot be the name of a store path",
                where="name",
                advice="letters, digits and any of +-._?=, at most 211, no dot first",
            )

    @property
    def declared(self) -> tuple[StorePath, ...]:
        """Every path of the store that may be named, sorted."""
        texts = [_root(self.interpreter), *self.references]
        return tuple(sorted({path for text in texts if (path := store_path(text))}))


S = TypeVar("S", bound=StoreOptions)  # the options of either format


def path_name(package: Package, options: StoreOptions) -> str:
    """Say what follows the hash; the ``!`` of an epoch is no character of a store."""
    return options.name or f"{package.name}-{package.version}".replace("!", "_")[:211]


def _is_interpreter(text: str) -> bool:
    return (
        store_path(_root(text)) is not None
        and text != _root(text)
        and _PLAIN.fullmatch(text) is not None
        and len(text) <= _LONGEST_INTERPRETER
        and not {".", ".."} & set(text.split("/"))
    )


def _root(path: str) -> str:
    """Cut a path behind the store's own part of it."""
    return "/".join(path.split("/")[:4])
