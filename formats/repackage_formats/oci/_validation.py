"""Refuse options that no image could have: every problem, with its key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from repackage.archive import LEVELS
from repackage.errors import ConfigError, Problems
from repackage.text import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage_formats.oci._options import Options

#: https://github.com/distribution/reference: a host with a dot, a colon or its one name, then
#: path components of lower case.
_HOST: Final = (
    r"(?:localhost|(?=[^/]*[.:])[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])"
    r"(?::[0-9]{1,5})?"
)
_PART: Final = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_NAME: Final = re.compile(rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*")
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_LONGEST_NAME: Final = 255
_USER: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?")
_PORT: Final = re.compile(r"([0-9]{1,5})(?:/(?:tcp|udp|sctp))?")
_PORTS: Final = range(1, 1 << 16)
_SIGNAL: Final = re.compile(r"SIG(?:[A-Z]{2,6}|RTM(?:IN|AX)[+-][0-9]{1,2}|USR[12])|[0-9]{1,2}")
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_PREFIX: Final = re.compile(r"/[A-Za-z0-9_][A-Za-z0-9_.+-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*")
#: Where an image has its own, or what a runtime lays over it (FHS 3.0).
_TAKEN: Final = re.compile(
    r"/(?:bin|boot|dev|etc|lib[0-9a-z]*|proc|root|run|sbin|sys|tmp|usr|var|usr/(?:bin|lib|sbin"
    r"|share|local))|/(?:dev|etc|proc|run|sys|tmp)/.*|/opt/python(?:/.*)?"
)
_MOST_LAYERS: Final = 100
#: A longer first line goes through a shell, which an image need not have.
_LONGEST_PYTHON: Final = 120

_Problem = tuple[str, str, str]


def validate(options: Options) -> None:
    """Raise one :class:`ConfigError` with everything that is wrong."""
    problems = Problems()
    for where, what, advice in (
        *_places(options),
        *_layers(options),
        *_names(options),
        *_process(options),
        *_variables(options),
        *_texts(options),
    ):
        problems.add(what, where=where, advice=advice)
    problems.raise_if_any(ConfigError)


def is_tag(text: str) -> bool:
    """Whether a text is a tag of an image."""
    return _TAG.fullmatch(text) is not None


def _places(options: Options) -> Iterator[_Problem]:
    if not _PREFIX.fullmatch(options.prefix):
        yield "prefix", f"{options.prefix!r} is not a plain absolute path", "such as '/app'"
    elif _TAKEN.fullmatch(options.prefix):
        yield (
            "prefix",
            f"{options.prefix!r} belongs to the base, or to whatever runs the image",
            "a directory of its own: '/app', '/opt/app'",
        )
    absolute = {
        "python": (options.python,),
        "working-directory": (options.working_directory,),
        "volumes": options.volumes,
    }
    for key, paths in absolute.items():
        for path in paths:
            if path and not _is_absolute(path):
                yield key, f"{path!r} is not a plain absolute path", "such as '/srv/data'"
    if len(options.python) > _LONGEST_PYTHON or " " in options.python:
        yield (
            "python",
            f"no first line of a launcher can name {options.python!r}",
            f"a path without spaces, of at most {_LONGEST_PYTHON} characters",
        )
    for key, path in (("base", options.base), ("interpreter", options.interpreter)):
        if not is_plain(path):
            yield key, f"{path!r} has characters that cannot be seen", ""


def _is_absolute(path: str) -> bool:
    parts = path.split("/")
    plain = path == "/" or not {"", ".", ".."} & set(parts[1:])
    return path.startswith("/") and plain and is_plain(path)


def _layers(options: Options) -> Iterator[_Problem]:
    levels = LEVELS[options.compression]
    if options.level is not None and options.level not in levels:
        advice = f"{levels[0]} to {levels[-1]}" if levels else "leave it out"
        yield "level", f"{options.compression!r} has no level {options.level}", advice
    if not 1 <= options.layers <= _MOST_LAYERS:
        advice = f"1 to {_MOST_LAYERS}: runtimes end at some 120, those of the base included"
        yield "layers", f"an image cannot have {options.layers} layers", advice


def _names(options: Options) -> Iterator[_Problem]:
    name = options.name
    if name and (len(name) > _LONGEST_NAME or not _NAME.fullmatch(name)):
        yield (
            "name",
            f"{name!r} is not the name of an image",
            "lower case, such as 'registry.example/team/app'; tags have an option of their own",
        )
    for tag in options.tags:
        if not is_tag(tag):
            advice = "up to 128 letters, digits, '_', '.' and '-', such as '1.0'"
            yield "tags", f"{tag!r} is not a tag", advice
    if len(set(options.tags)) < len(options.tags):
        yield "tags", "a tag stands there twice", ""


def _process(options: Options) -> Iterator[_Problem]:
    if not _USER.fullmatch(options.user):
        yield "user", f"{options.user!r} is not a user", "such as '65532:65532' or 'www-data'"
    for port in options.ports:
        found = _PORT.fullmatch(port)
        if found is None or int(found[1]) not in _PORTS:
            yield "ports", f"{port!r} is not a port", "such as '8080' or '53/udp'"
    if not _SIGNAL.fullmatch(options.stop_signal):
        advice = "such as 'SIGTERM' or 'SIGQUIT'"
        yield "stop-signal", f"{options.stop_signal!r} is not a signal", advice
    for key, words in (
        ("entrypoint", options.entrypoint or ()),
        ("command", options.command),
    ):
        for word in words:
            if "\0" in word:
                yield key, f"{word!r} has a NUL, which no argument can have", ""
    if options.entrypoint is not None and not "".join(options.entrypoint[:1]):
        yield "entrypoint", "there is nothing to run", "leave it out for the wheel's command"


def _variables(options: Options) -> Iterator[_Problem]:
    for name, value in options.environment.items():
        if not name or "=" in name or not is_plain(name) or " " in name:
            yield "environment", f"{name!r} is not the name of a variable", "such as 'PORT'"
        if not is_plain(value, lines=True):
            what = f"the value of {name!r} has control characters: {value!r}"
            yield "environment", what, ""


def _texts(options: Options) -> Iterator[_Problem]:
    for where, table in (("labels", options.labels), ("annotations", options.annotations)):
        for key, value in table.items():
            if not _KEY.fullmatch(key):
                yield where, f"{key!r} is not a key", "such as 'com.example.team'"
            if not is_plain(value, lines=True):
                yield where, f"the value of {key!r} has control characters: {value!r}", ""
