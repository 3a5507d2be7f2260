"""Refuse options that a control file cannot hold: every problem, with its key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name, is_normalized_name

from repackage.errors import ConfigError, Problems, did_you_mean
from repackage.text import is_contact, is_plain, is_url
from repackage_formats.deb._profiles import profile
from repackage_formats.deb._relations import relation_problem
from repackage_formats.deb._version import REVISION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from repackage_formats.deb._options import Options

PACKAGE: Final = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_SECTION: Final = re.compile(r"([a-z0-9-]+/)?[a-z0-9-]+")
#: deb822(5): any printable ASCII but space and colon, not beginning like a comment.
_FIELD: Final = re.compile(r"[!\"$-,.-9;-~][!-9;-~]*")
_PREFIX: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)+")
#: Where no package may put a private directory (FHS 3.0, policy 9.1).
_NO_PREFIX: Final = re.compile(
    r"(bin|boot|dev|etc|home|lib[0-9a-z]*|media|mnt|proc|root|run|sbin|srv|sys|tmp|var"
    r"|usr/(bin|include|local|sbin|share/(doc|man|lintian)|lib/python3[^/]*))(/.*)?"
)
_RELATIONS: Final = (
    "depends", "pre_depends", "recommends", "suggests", "enhances", "conflicts", "breaks",
    "replaces", "provides", "interpreter_packages",
)  # fmt: skip
#: Fields that have an option, or that are computed.
_OURS: Final[Mapping[str, str]] = {
    "package": "package", "source": "package", "version": "revision",
    "architecture": "architecture", "maintainer": "maintainer", "section": "section",
    "priority": "priority", "description": "description", "homepage": "homepage",
    "multi-arch": "multi-arch", "installed-size": "",
    **{name.replace("_", "-"): name.replace("_", "-") for name in _RELATIONS[:-1]},
}  # fmt: skip


def validate(options: Options) -> None:
    """Raise one :class:`ConfigError` with everything that is wrong."""
    problems = Problems()
    for where, what, advice in (
        *_names(options),
        *_texts(options),
        *_relations(options),
        *_libraries(options.libraries),
        *_distributions(options.distributions),
        *_fields(options.fields),
        *_compression(options),
    ):
        problems.add(what, where=where, advice=advice)
    problems.raise_if_any(ConfigError)


_Problem = tuple[str, str, str]


def _names(options: Options) -> Iterator[_Problem]:
    if options.package and not PACKAGE.fullmatch(options.package):
        yield (
            "package",
            f"{options.package!r} is not the name of a package",
            "two or more of a-z, 0-9, '+', '-', '.', beginning with a letter or digit",
        )
    if options.revision is not None and not REVISION.fullmatch(options.revision):
        advice = "letters, digits, '+', '.' and '~'"
        yield "revision", f"{options.revision!r} is not a revision", advice
    if options.epoch is not None and not 0 <= options.epoch < 1 << 31:
        yield "epoch", f"{options.epoch} is not an epoch", "a small number, 0 or more"
    if not _SECTION.fullmatch(options.section):
        yield "section", f"{options.section!r} is not a section", "such as 'utils'"
    names = {"all", *(facts["debian"] for facts in profile("architectures").values())}
    if options.architecture and options.architecture not in names:
        advice = did_you_mean(options.architecture, names)
        yield "architecture", f"{options.architecture!r} is not an architecture", advice
    yield from _prefix(options)


def _prefix(options: Options) -> Iterator[_Problem]:
    prefix = options.prefix
    path = prefix.removeprefix("/")
    if prefix and options.layout == "system":
        yield "prefix", "the layout 'system' has none", "leave one of them out"
    if prefix and (not _PREFIX.fullmatch(path) or _NO_PREFIX.fullmatch(path)):
        yield (
            "prefix",
            f"{prefix!r} is no place for a private prefix",
            "such as /usr/lib/my-app or /opt/my-app",
        )


def _texts(options: Options) -> Iterator[_Problem]:
    if options.maintainer and not is_contact(options.maintainer):
        yield (
            "maintainer",
            f"{options.maintainer!r} is not a name and an address",
            "write it as: Jane Doe <jane@example.org>",
        )
    if options.homepage and not is_url(options.homepage):
        advice = "beginning with https:// or http://"
        yield "homepage", f"{options.homepage!r} is not a URL", advice
    for where, text in (
        ("description", options.description),
        ("changelog", options.changelog),
    ):
        if text and not is_plain(text, lines=True):
            yield where, "there are control characters in it", "plain text, in lines"
        elif text and not text.strip():
            yield where, "it is blank", "leave it out for the default"


def _relations(options: Options) -> Iterator[_Problem]:
    for name in _RELATIONS:
        relations: tuple[str, ...] = getattr(options, name) or ()
        for index, relation in enumerate(relations):
            problem = relation_problem(relation, provides=name == "provides")
            if problem:
                where = f"{name.replace('_', '-')}[{index}]"
                yield where, problem, "one each, such as 'libfoo1 (>= 1.2) | libfoo2'"


def _libraries(libraries: Mapping[str, str]) -> Iterator[_Problem]:
    for soname, package in libraries.items():
        if package and not PACKAGE.fullmatch(package):
            yield (
                f"libraries.{soname}",
                f"{package!r} is not the name of a package",
                "without a version; '' if it need not be there",
            )


def _distributions(distributions: Mapping[str, str]) -> Iterator[_Problem]:
    for name, relation in distributions.items():
        where = f"distributions.{name}"
        if not is_normalized_name(canonicalize_name(name)):
            yield (
                where,
                f"{name!r} is not the name of a distribution",
                "as it stands in the lock",
            )
        problem = relation_problem(relation) if relation else ""
        if problem:
            yield where, problem, "such as 'python3-yaml' or 'python3-yaml (>= 6)'"


def _fields(fields: Mapping[str, str]) -> Iterator[_Problem]:
    for name, value in fields.items():
        where = f"fields.{name}"
        ours = _OURS.get(name.lower())
        if ours is not None:
            advice = f"use the option {ours!r}" if ours else "it is computed"
            yield where, f"the field {name!r} is not free", advice
        elif not _FIELD.fullmatch(name):
            yield where, f"{name!r} is not the name of a field", "such as 'X-Team'"
        elif not is_plain(value) or not value.strip():
            yield where, f"{value!r} is not the value of a field", "one line of text"
    lowered = [name.lower() for name in fields]
    for name in sorted({name for name in lowered if lowered.count(name) > 1}):
        yield "fields", f"{name!r} is there twice", "case does not count"


def _compression(options: Options) -> Iterator[_Problem]:
    if options.level is None:
        return
    from repackage.archive import LEVELS  # codecs, only where a level is

    levels = LEVELS[options.compression]
    if options.level not in levels:
        advice = f"{levels[0]} to {levels[-1]}" if levels else "leave it out"
        yield "level", f"{options.compression!r} has no level {options.level}", advice
