"""Refuse options that a header cannot hold: every problem, with its key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from repackage.errors import ConfigError, Problems, did_you_mean
from repackage.text import is_contact, is_plain, is_url
from repackage_formats.rpm._identity import PACKAGE
from repackage_formats.rpm._licenses import canonical
from repackage_formats.rpm._profiles import profile
from repackage_formats.rpm._relations import NEGATIVE, SLOTS, is_rich, parse
from repackage_formats.rpm._scripts import split_program
from repackage_formats.rpm._suitable import relations
from repackage_formats.rpm._version import PART

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage_formats.rpm._options import Options

_PREFIX: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)+")
#: Where no package may put a private directory (FHS 3.0).
_NO_PREFIX: Final = re.compile(
    r"(bin|boot|dev|etc|home|lib[0-9a-z]*|media|mnt|proc|root|run|sbin|srv|sys|tmp|var"
    r"|usr/(bin|include|local|sbin|share/(doc|man|licenses)|lib(64)?/python[23][^/]*))(/.*)?"
)
_PATH: Final = re.compile(r"(/[^/\x00-\x1f\x7f]+)+")
_PROGRAM: Final = re.compile(r"/[^\s\x00-\x1f\x7f]+|<lua>")
#: What a script's text may not have: rpm ends it at a zero, people do not see the others.
_HIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EXACT: Final = ("provides",)
_NOT_RICH: Final = ("provides", "obsoletes")
_LARGEST: Final = (1 << 32) - 1
_ANY_PRIORITY: Final = 1 << 31

_Problem = tuple[str, str, str]


def validate(options: Options) -> None:
    """Raise one :class:`ConfigError` with everything that is wrong."""
    problems = Problems()
    for where, what, advice in (
        *_names(options),
        *_prefix(options),
        *_texts(options),
        *_lines(options),
        *_relations(options),
        *_libraries(options),
        *_paths(options),
        *_scripts(options),
        *_triggers(options),
        *_compression(options),
    ):
        problems.add(what, where=where, advice=advice)
    problems.raise_if_any(ConfigError)


def _names(options: Options) -> Iterator[_Problem]:
    if options.package and not PACKAGE.fullmatch(options.package):
        yield (
            "package",
            f"{options.package!r} is not the name of a package",
            "letters, digits, '+', '-', '.' and '_', at most 128",
        )
    if options.release is not None and not PART.fullmatch(options.release):
        advice = "letters, digits, '.', '_', '+' and '~'; a hyphen would end the version"
        yield "release", f"{options.release!r} is not a release", advice
    if options.epoch is not None and not 0 <= options.epoch <= _LARGEST:
        yield "epoch", f"{options.epoch} is not an epoch", "a small number, 0 or more"
    names = {"noarch", *(facts["rpm"] for facts in profile("architectures").values())}
    if options.architecture and options.architecture not in names:
        advice = did_you_mean(options.architecture, names)
        yield "architecture", f"{options.architecture!r} is not an architecture", advice
    if options.license and not canonical(options.license):
        yield (
            "license",
            f"{options.license!r} is not an SPDX expression",
            "such as 'MIT AND Apache-2.0', or 'LicenseRef-Own' for one without a name",
        )


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
    for where, text in (("description", options.description), ("changelog", options.changelog)):
        if text and not is_plain(text, lines=True):
            yield where, "there are control characters in it", "plain text, in lines"
        elif text and not text.strip():
            yield where, "it is blank", "leave it out for the default"


def _lines(options: Options) -> Iterator[_Problem]:
    for where in ("summary", "group", "vendor", "distribution"):
        text: str = getattr(options, where)
        if text and (not is_plain(text) or not text.strip()):
            yield (
                where,
                f"{text!r} is not a line of text",
                "one line, without control characters",
            )
    if not options.group:
        yield "group", "it is empty", "leave it out for the default"
    if options.packager and not is_contact(options.packager):
        yield (
            "packager",
            f"{options.packager!r} is not a name and an address",
            "write it as: Jane Doe <jane@example.org>",
        )
    if options.url and not is_url(options.url):
        advice = "beginning with https:// or http://"
        yield "url", f"{options.url!r} is not a URL", advice


def _relations(options: Options) -> Iterator[_Problem]:
    for slot in sorted(options.requires_for.keys() - SLOTS.keys()):
        yield "requires-for", f"{slot!r} is not a scriptlet", did_you_mean(slot, SLOTS)
    for where, text in relations(options):
        option = where.partition("[")[0]
        relation = parse(text, negative=option in NEGATIVE)
        if relation is None:
            advice = "one each, such as 'openssl >= 3', with spaces around '>='"
            yield where, f"{text!r} is not a relation", advice
        elif is_rich(relation) and option in _NOT_RICH:
            advice = "name one package, perhaps with a version"
            yield where, f"{text!r} is an expression, which only requirements may be", advice
        elif option in _EXACT and relation.version and ("<" in text or ">" in text):
            yield where, f"{text!r} cannot be provided", "a name, perhaps with '= version'"


def _libraries(options: Options) -> Iterator[_Problem]:
    for soname, text in options.libraries.items():
        if text and parse(text) is None:
            advice = "such as 'libfoo >= 2'; '' if it need not be there"
            yield f"libraries.{soname}", f"{text!r} is not a relation", advice


def _paths(options: Options) -> Iterator[_Problem]:
    for index, path in enumerate(options.ghosts):
        if not _is_path(path):
            yield f"ghosts[{index}]", f"{path!r} is not an absolute path", "such as /var/log/a"
    for name in ("config", "documentation"):
        for index, pattern in enumerate(getattr(options, name)):
            if not pattern.startswith("/"):
                advice = "patterns match absolute paths: '/etc/*'"
                yield f"{name}[{index}]", f"{pattern!r} matches nothing", advice


def _is_path(path: str) -> bool:
    plain = _PATH.fullmatch(path) is not None and is_plain(path)
    return plain and not {".", ".."} & set(path.split("/"))


def _scripts(options: Options) -> Iterator[_Problem]:
    for slot, script in options.scriptlets.items():
        where = f"scriptlets.{slot}"
        if slot not in SLOTS:
            yield where, f"{slot!r} is not a scriptlet", did_you_mean(slot, SLOTS)
        yield from _script(where, script)


def _triggers(options: Options) -> Iterator[_Problem]:
    for index, trigger in enumerate(options.triggers):
        where = f"triggers[{index}]"
        yield from _trigger(where, trigger.script, trigger.packages, what="packages")
        for number, text in enumerate(trigger.packages):
            relation = parse(text)
            if relation is None or is_rich(relation):
                advice = "a package, such as 'nginx' or 'nginx >= 1.20'"
                yield f"{where}.packages[{number}]", f"{text!r} is not a relation", advice
    for index, files in enumerate(options.file_triggers):
        where = f"file-triggers[{index}]"
        yield from _trigger(where, files.script, files.paths, what="paths")
        for number, path in enumerate(files.paths):
            if not _is_path(path.removesuffix("/")):
                advice = "such as /usr/share/fonts"
                yield f"{where}.paths[{number}]", f"{path!r} is not an absolute path", advice
        if not 0 <= files.priority < _ANY_PRIORITY:
            yield f"{where}.priority", f"{files.priority} is no priority", "such as 1000000"


def _trigger(
    where: str, script: str, conditions: tuple[str, ...], *, what: str
) -> Iterator[_Problem]:
    yield from _script(f"{where}.script", script)
    if not conditions:
        yield f"{where}.{what}", "there are none", "without them it never runs"
    if len(split_program(script)[0]) > 1:
        advice = "name the program alone"
        yield f"{where}.script", "a trigger's program takes no arguments", advice


def _script(where: str, script: str) -> Iterator[_Problem]:
    program, body = split_program(script)
    if not script.strip():
        yield where, "it is blank", "leave it out"
    elif not program or not _PROGRAM.fullmatch(program[0]) or not all(map(is_plain, program)):
        first = script.partition("\n")[0]
        yield where, f"{first!r} names no program", "such as '#!/usr/bin/bash' or '#!<lua>'"
    if _HIDDEN.search(body):
        yield where, "there are control characters in it", "plain text, in lines"


def _compression(options: Options) -> Iterator[_Problem]:
    if options.level is None:
        return
    from repackage.archive import LEVELS, Codec  # codecs, only where a level is

    codecs: dict[str, Codec] = {"gzip": "gz", "xz": "xz", "zstd": "zst", "none": "none"}
    if not options.compression:
        yield "level", "a level needs a compression", "set compression = 'zstd', too"
        return
    levels = LEVELS[codecs[options.compression]]
    if options.level not in levels:
        advice = f"{levels[0]} to {levels[-1]}" if levels else "leave it out"
        yield "level", f"{options.compression!r} has no level {options.level}", advice
