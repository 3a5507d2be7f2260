"""What an image is called: ``registry.example:5000/team/app:1.0@sha256:…``.

The grammar is that of https://github.com/distribution/reference, without its defaults: no
host is filled in, and no tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from repackage.errors import UsageError

_NAME = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = re.compile(rf"({_NAME}(?:\.{_NAME})*|\[[a-fA-F0-9:.]+\])(?::([0-9]{{1,5}}))?", re.ASCII)
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")

#: What stands before the host in URLs; a digest has no path behind it.
_LOGIN = re.compile(r"(?:\w+://)?[^/@]*@[^/@]*/")

#: What registries allow the part after the host to be.
_LONGEST = 255
_HIGHEST_PORT = 65535

_ADVICE = "an image is called registry.example/team/app:1.0, or registry.example/app@sha256:…"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """An image in a registry."""

    host: str
    """With the port, if one is given."""
    repository: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Take a reference apart.

        Raises:
            UsageError: It is none, or it does not name the registry's host.
        """
        name, at, digest = text.partition("@")
        if _LOGIN.match(text):
            raise UsageError.of(
                "a reference that holds a login is none",
                advice="'docker login', 'podman login' and 'skopeo login' keep logins",
            )
        if at and not is_digest(digest):
            raise _refused(text, f"{digest!r} is no digest", advice=_of_digests(digest))
        host, slash, path = name.partition("/")
        if not slash or not _may_be_host(host):
            raise _refused(text, "it does not name the registry's host", advice=_ADVICE)
        if not _is_host(host):
            raise _refused(text, f"{host!r} is no host", advice=_ADVICE)
        path, colon, tag = path.partition(":")
        if colon and not _TAG.fullmatch(tag):
            allowed = (
                "a tag has at most 128 letters, digits and . _ -, and begins with no . or -"
            )
            raise _refused(text, f"{tag!r} is no tag", advice=allowed)
        if not _PATH.fullmatch(path) or len(path) > _LONGEST:
            raise _refused(text, f"{path!r} is no repository", advice=_of_paths(path))
        return cls(host=host.lower(), repository=path, tag=tag, digest=digest)

    @property
    def pointed(self) -> bool:
        """Whether it says which image of the repository is meant."""
        return bool(self.tag or self.digest)

    @property
    def place(self) -> str:
        """Host and repository."""
        return f"{self.host}/{self.repository}"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.place}{tag}{digest}"


def is_digest(text: str) -> bool:
    """Tell whether a text is a digest that can be verified here."""
    return _DIGEST.fullmatch(text) is not None


def _may_be_host(text: str) -> bool:
    """What tells a host from the beginning of a short name's path."""
    return bool(re.search(r"[.:\[A-Z]", text)) or text == "localhost"


def _is_host(text: str) -> bool:
    found = _HOST.fullmatch(text)
    return found is not None and (not found[2] or 0 < int(found[2]) <= _HIGHEST_PORT)


def _of_digests(digest: str) -> str:
    algorithm = digest.partition(":")[0]
    digits = {"sha256": 64, "sha512": 128}.get(algorithm)
    if digits is None:
        return "sha256: and 64 hexadecimal digits"
    return f"{algorithm}: is followed by {digits} lower-case hexadecimal digits"


def _of_paths(path: str) -> str:
    if len(path) > _LONGEST:
        return f"at most {_LONGEST} characters follow the host"
    if path != path.lower():
        return f"repositories are in lower case: {path.lower()!r}"
    return "lower-case letters and digits, with . _ __ - between them, and / between parts"


def _refused(text: str, what: str, *, advice: str) -> UsageError:
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return UsageError.of(f"{shown!r} is no reference: {what}", advice=advice)
