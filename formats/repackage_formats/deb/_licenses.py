"""Licences as Debian names them: from SPDX, classifiers and free text (copyright-format 1.0)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from repackage.text import one_line
from repackage_formats.deb._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.metadata import Metadata

#: Nobody said anything.
UNSTATED: Final = "unstated"
#: Something was said, at length.
OTHER: Final = "other"
_WORD: Final = re.compile(r"[()]|[^\s()]+")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_CONNECTIVES: Final[Mapping[str, str]] = {"AND": "and", "OR": "or", "WITH": "with"}


def license_name(metadata: Metadata) -> str:
    """Name the licence of a distribution: expression, else free text, else classifiers."""
    if expression := one_line(metadata.license_expression):
        return _from_expression(expression)
    free = one_line(metadata.license)
    facts = profile("licenses")
    if known := facts["texts"].get(free.lower()):
        return str(known)
    if free in facts["names"] or free in facts["names"].values():
        return str(facts["names"].get(free, free))
    names = _from_classifiers(metadata)
    if names:
        return " and ".join(names)
    if _NAME.fullmatch(free) and len(free) > 1 and free.upper() != "UNKNOWN":
        return free
    return OTHER if free and free.upper() != "UNKNOWN" else UNSTATED


def common_texts(name: str) -> tuple[str, ...]:
    """List the texts of ``/usr/share/common-licenses`` that a licence's name speaks of."""
    common: Mapping[str, str] = profile("licenses")["common"]
    words = (word.removesuffix("+").rstrip(",") for word in name.split())
    return tuple(dict.fromkeys(common[word] for word in words if word in common))


def _from_expression(expression: str) -> str:
    """Translate an SPDX expression; Debian's form has a comma where SPDX has brackets."""
    names: Mapping[str, str] = profile("licenses")["names"]
    words: list[str] = []
    exception = False
    for word in _WORD.findall(expression):
        if word == ")" and words:
            words[-1] += ","
        elif word.upper() in _CONNECTIVES:
            exception = word.upper() == "WITH"
            words.append(_CONNECTIVES[word.upper()])
        elif word not in "()":
            words.append(f"{word} exception" if exception else names.get(word, word))
            exception = False
    return " ".join(words).rstrip(",")


def _from_classifiers(metadata: Metadata) -> tuple[str, ...]:
    known: Mapping[str, str] = profile("licenses")["classifiers"]
    labels = (
        classifier.rpartition(" :: ")[2]
        for classifier in metadata.classifiers
        if classifier.startswith("License :: ")
    )
    return tuple(dict.fromkeys(known[label] for label in labels if label in known))
