"""What the ``.dist-info`` and ``.data`` directories say, against the wheel's file name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import Parser
from email.policy import compat32
from typing import TYPE_CHECKING

from packaging.tags import parse_tag
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from packaging.tags import Tag
    from packaging.utils import BuildTag, NormalizedName

    from repackage.wheel._contents import Contents

#: The directories that may stand in ``.data`` (binary distribution format).
SCHEMES = ("data", "headers", "platlib", "purelib", "scripts")


@dataclass(frozen=True, kw_only=True, slots=True)
class Filename:
    """What the name of a wheel file says."""

    name: NormalizedName
    version: Version
    build: BuildTag
    tags: frozenset[Tag]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def find_dist_info(contents: Contents, filename: Filename) -> str | None:
    """Name the one ``.dist-info`` directory; nothing, with a problem noted, if unclear."""
    found = sorted(top for top in _top_level(contents) if top.endswith(".dist-info"))
    if len(found) != 1:
        what = f"{len(found)} .dist-info directories" if found else "no .dist-info directory"
        contents.problems.note(f"not a wheel: it has {what}")
        return None
    if not _names(found[0].removesuffix(".dist-info"), filename):
        contents.problems.note(
            f"the directory is not that of {filename}, as the file name says",
            member=found[0],
            advice="wheels must not be renamed",
        )
    return found[0]


def check_data(contents: Contents, filename: Filename, *, dist_info: str) -> None:
    """Note files of the ``.data`` directory that belong to no known scheme."""
    expected = f"{dist_info.removesuffix('.dist-info')}.data"
    for top in sorted(_top_level(contents)):
        stem = top.removesuffix(".data")
        if top not in {stem, expected} and _names(stem, filename):
            contents.problems.note(f"the directory must be named {expected!r}", member=top)
    for path in contents.files:
        top, _, rest = path.partition("/")
        scheme, slash, _ = rest.partition("/")
        if top == expected and (scheme not in SCHEMES or not slash):
            contents.problems.note(
                f"{scheme!r} is no place to install to",
                member=path,
                advice=f"known: {', '.join(SCHEMES)}",
            )


def check_wheel_file(contents: Contents, filename: Filename, *, member: str) -> bool:
    """Check the WHEEL file; true if it says that the root of the wheel is purelib."""
    text = contents.read_text(member)
    if not text and contents.problems:
        return True
    fields = Parser(policy=compat32).parsestr(text, headersonly=True)
    version = str(fields.get("Wheel-Version", "")).strip()
    note = contents.problems.note
    if re.fullmatch(r"1\.[0-9]+", version) is None:
        what = f"Wheel-Version is {version!r}" if version else "Wheel-Version is missing"
        note(what, member=member, advice="versions 1.x can be read")
    purelib = str(fields.get("Root-Is-Purelib", "")).strip().lower()
    if purelib not in {"true", "false"}:
        what = f"Root-Is-Purelib is {purelib!r}" if purelib else "Root-Is-Purelib is missing"
        note(what, member=member, advice="'true' or 'false' is expected")
    lines = [str(line).strip() for line in fields.get_all("Tag", [])]
    tags = _expand(lines)
    if tags is None:
        note(f"the tags {', '.join(lines)} are invalid", member=member)
    if tags and tags != filename.tags:
        spelled = ", ".join(sorted(map(str, tags)))
        note(
            f"the tags {spelled} are not those of the file name",
            member=member,
            advice="wheels must not be renamed: 'wheel tags' changes both",
        )
    return purelib != "false"


def _expand(lines: list[str]) -> frozenset[Tag] | None:
    """Expand compressed tag sets; nothing if one is invalid."""
    try:
        return frozenset(tag for line in lines for tag in parse_tag(line))
    except ValueError:  # also the root of packaging's InvalidTag
        return None


def _top_level(contents: Contents) -> set[str]:
    return {entry.path.partition("/")[0] for entry in contents.entries if "/" in entry.path}


def _names(stem: str, filename: Filename) -> bool:
    """Whether ``name-version`` names the same distribution, however it is spelled."""
    name, _, version = stem.rpartition("-")
    try:
        return canonicalize_name(name) == filename.name and Version(version) == filename.version
    except InvalidVersion:
        return False
