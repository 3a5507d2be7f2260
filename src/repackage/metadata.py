"""Core metadata of one distribution (METADATA 1.0 to 2.5), parsed once into a value.

See https://packaging.python.org/en/latest/specifications/core-metadata/. The metadata of
the world are sloppy, and those of a dependency cannot be changed by who packages it: only
what decides something (name, version, requirements, extras) has to be valid, the rest is
taken as it comes.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from email.parser import Parser
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from repackage.errors import Problems, WheelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Metadata:
    """What METADATA says, with names normalised and nothing invented."""

    metadata_version: str
    name: NormalizedName
    display_name: str
    """The name as the project spells it."""
    version: Version
    summary: str = ""
    description: str = ""
    description_content_type: str = ""
    license_expression: str = ""
    """SPDX expression (PEP 639), or empty."""
    license: str = ""
    """The free-text ``License`` field of older metadata, or empty."""
    license_files: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    author: str = ""
    author_email: str = ""
    maintainer: str = ""
    maintainer_email: str = ""
    urls: tuple[tuple[str, str], ...] = ()
    """(label, URL) of ``Project-URL``, with ``Home-page`` first as ``Homepage``."""
    requires_python: SpecifierSet | None = None
    requires_dist: tuple[Requirement, ...] = ()
    provides_extra: tuple[NormalizedName, ...] = ()


def parse_metadata(data: bytes, *, where: str) -> Metadata:
    """Parse the bytes of a METADATA file; ``where`` names it in messages.

    Raises:
        WheelError: With everything that is invalid.
    """
    try:
        return _parsed(data)
    except WheelError:
        return _parse(data, where=where)  # which says where


@lru_cache(256)  # a build judges what it staged, maybe in several places, and describes it
def _parsed(data: bytes) -> Metadata:
    return _parse(data, where="")


def _parse(data: bytes, *, where: str) -> Metadata:
    fields = _Fields(_decode(data), where=where)
    version = fields.metadata_version()
    name = fields.required("Name", lambda text: canonicalize_name(text, validate=True))
    release = fields.required("Version", Version)
    python = fields.every("Requires-Python", _specifiers)
    requirements = fields.every("Requires-Dist", _requirement)
    extras = fields.every("Provides-Extra", _extra)
    fields.problems.raise_if_any(WheelError)
    if name is None or release is None:  # pragma: no cover  # noted as a problem above
        raise AssertionError("a required field is missing without a problem")
    return Metadata(
        metadata_version=version,
        name=name,
        display_name=fields.line("Name"),
        version=release,
        summary=fields.line("Summary"),
        description=fields.description(),
        description_content_type=fields.line("Description-Content-Type"),
        license_expression=fields.line("License-Expression"),
        license=fields.text("License"),
        license_files=fields.lines("License-File"),
        classifiers=fields.lines("Classifier"),
        keywords=_split_keywords(fields.line("Keywords")),
        author=fields.line("Author"),
        author_email=fields.line("Author-Email"),
        maintainer=fields.line("Maintainer"),
        maintainer_email=fields.line("Maintainer-Email"),
        urls=fields.urls(),
        requires_python=python[0] if python else None,
        requires_dist=requirements,
        provides_extra=tuple(dict.fromkeys(extras)),
    )


class _Fields:
    """The header fields and the body of a METADATA file, with the problems they have."""

    def __init__(self, text: str, *, where: str) -> None:
        self._message: Message = Parser().parsestr(text, headersonly=True)
        self._where = where
        self.problems = Problems()

    def text(self, field: str) -> str:
        """The first value of a field, without the indentation that folding added."""
        value = str(self._message.get(field, ""))
        return "" if value.strip() == "UNKNOWN" else _unfold(value)

    def line(self, field: str) -> str:
        """The first value of a field, on one line."""
        return " ".join(self.text(field).split())

    def lines(self, field: str) -> tuple[str, ...]:
        """Every value of a field, each on one line, empty ones left out."""
        values = (" ".join(str(value).split()) for value in self._message.get_all(field, []))
        return tuple(value for value in values if value not in {"", "UNKNOWN"})

    def description(self) -> str:
        """The body, or the ``Description`` field that came before it (until 2.0)."""
        body = self._message.get_payload()
        if isinstance(body, str) and body.strip():
            return "" if body.strip() == "UNKNOWN" else body
        return self.text("Description")

    def urls(self) -> tuple[tuple[str, str], ...]:
        """The labelled URLs; ``Home-page`` comes first."""
        home = self.line("Home-page")
        urls = [("Homepage", home)] if home else []
        for pair in self.lines("Project-URL"):
            label, comma, url = (part.strip() for part in pair.partition(","))
            urls.append((label, url) if comma else ("", label))
        return tuple(dict.fromkeys(urls))

    def metadata_version(self) -> str:
        """The version of the format; a minor that is not known yet is no obstacle."""
        value = self.line("Metadata-Version")
        if re.fullmatch(r"[12]\.[0-9]+", value) is None:
            what = f"Metadata-Version is {value!r}" if value else "Metadata-Version is missing"
            self.problems.add(what, where=self._where, advice="versions 1.0 to 2.x can be read")
        return value

    def required(self, field: str, parse: Callable[[str], T]) -> T | None:
        """The one value of a field that must be there."""
        values = self.every(field, parse)
        distinct = set(self.lines(field))
        if not distinct:
            self.problems.add(f"{field} is missing", where=self._where)
        if len(distinct) > 1:
            spelled = " and ".join(map(repr, sorted(distinct)))
            self.problems.add(f"{field} is both {spelled}", where=self._where)
        return values[0] if values else None

    def every(self, field: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        """Every value of a field, parsed; those that cannot be are noted as problems."""
        attempts = (self._attempt(field, value, parse=parse) for value in self.lines(field))
        return tuple(value for attempt in attempts for value in attempt)

    def _attempt(self, field: str, value: str, *, parse: Callable[[str], T]) -> tuple[T, ...]:
        try:
            return (parse(value),)
        except (ValueError, RecursionError) as error:  # the root of packaging's errors
            nested = isinstance(error, RecursionError)
            reason = "nested too deeply" if nested else str(error).partition("\n")[0]
            self.problems.add(
                f"{field} {value!r} is invalid: {reason[:1].lower()}{reason[1:]}",
                where=self._where,
            )
            return ()


def _decode(data: bytes) -> str:
    """Decode UTF-8; a line that is not is taken as Latin-1, as old tools wrote it."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(map(_decode_line, data.split(b"\n")))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _unfold(value: str) -> str:
    """Remove the indentation that the specification asks for in folded fields.

    Old tools indent by eight spaces, others by seven and a bar.
    """
    first, newline, rest = value.replace("\r\n", "\n").partition("\n")
    if not newline:
        return first.strip()
    rest = re.sub(r"^ {7}\|", "", rest, flags=re.MULTILINE)
    return f"{first.strip()}\n{textwrap.dedent(rest)}".strip()


def _split_keywords(value: str) -> tuple[str, ...]:
    """Split at commas, or at spaces as before metadata 2.1."""
    words = value.split(",") if "," in value else value.split()
    return tuple(word.strip() for word in words if word.strip())


def _extra(text: str) -> NormalizedName:
    return canonicalize_name(text, validate=True)


def _requirement(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement:
        required, semicolon, marker = text.partition(";")
        repaired = f"{_repair(required)}{semicolon}{marker}"
        if "@" in required or repaired == text:
            raise
        return Requirement(repaired)


def _specifiers(text: str) -> SpecifierSet:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return SpecifierSet(_repair(text))


def _repair(specifiers: str) -> str:
    """Repair what was valid before PEP 440 was enforced, as pip and uv do.

    ``>=3.6.*`` means ``>=3.6``, ``>=1.9<2`` lacks a comma, ``>=1.9,`` has one too many,
    ``>dev`` means any version.
    """
    specifiers = re.sub(r">\s*dev\b", ">0.dev0", specifiers)
    repaired = re.sub(r"([<>]=?|~=)(\s*\d+(?:\.\d+)*)\.\*", r"\1\2", specifiers)
    repaired = re.sub(r"([\d*])\s*([<>=!~])", r"\1,\2", repaired)
    return re.sub(r",\s*(\)?\s*)$", r"\1", repaired)
