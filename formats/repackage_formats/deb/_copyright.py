"""The copyright file, for machines and people (policy 12.5, copyright-format 1.0)."""

from __future__ import annotations

import re
import textwrap
from datetime import datetime, timezone
from email.utils import getaddresses
from typing import TYPE_CHECKING, Final

from repackage.installed import Distribution, distributions
from repackage.text import is_url, one_line, plain_lines
from repackage.tree import read_file
from repackage_formats.deb._description import folded
from repackage_formats.deb._licenses import common_texts, license_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.format import Plan
    from repackage.tree import File, Tree
    from repackage_formats.deb._options import Options

    _Texts = Mapping[str, list[str] | None]
    """The lines of licence files, by path; None for one that is referred to."""

_FORMAT: Final = "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
_COMMON: Final = "/usr/share/common-licenses"
_HOLDER: Final = re.compile(
    r"\W*(portions |parts )?copyright:?\s+(?P<holder>(\(c\)|©|\d{4}).{3,200})", re.IGNORECASE
)
_PLACEHOLDER: Final = re.compile(r"[\[{<](yyyy|year|name)", re.IGNORECASE)
_MAX_HOLDERS: Final = 40
#: Texts that policy 12.5 wants referred to, not repeated: those of common-licenses, in
#: full, and those with an address of the Free Software Foundation that is no more.
_NOT_REPEATED: Final = re.compile(
    r"TERMS\s+AND\s+CONDITIONS\s+FOR\s+USE,\s+REPRODUCTION,\s+AND\s+DISTRIBUTION"
    r"|GNU\s+(LESSER\s+|LIBRARY\s+)?GENERAL\s+PUBLIC\s+LICENSE\s+Version"
    r"|GNU\s+Free\s+Documentation\s+License\s+Version"
    r"|Mozilla\s+Public\s+License\s+Version\s+2\.0\s+=+"
    r"|Free\s+Software\s+Foundation.*02139|02111-1307",
    re.DOTALL,
)
_HEADER: Final = (
    "Made from Python wheels. Each paragraph is about one distribution and is taken from"
    " its metadata and its licence files, which are installed beside its modules."
    f" Texts that every Debian system has in {_COMMON} are not repeated here."
)


def copyright_file(plan: Plan[Options], tree: Tree) -> bytes:
    """Write a paragraph on the whole, and one for each bundled distribution."""
    found = {
        distribution.name: distribution
        for distribution in distributions(tree, site=plan.layout.purelib)
    }
    root = found.pop(plan.package.name, None)
    paragraphs = [_header(plan), _whole(plan, root)]
    paragraphs += [_bundled(found[name]) for name in sorted(found) if found[name].places]
    return "\n".join(paragraphs).encode()


def _header(plan: Plan[Options]) -> str:
    homepage = plan.options.homepage or plan.package.homepage
    return "".join(
        [
            f"Format: {_FORMAT}\n",
            f"Upstream-Name: {one_line(plan.package.metadata.display_name)}\n",
            f"Source: {homepage}\n" if is_url(homepage) else "",
            "Comment:\n",
            folded(tuple(textwrap.wrap(_HEADER, 78))),
        ]
    )


def _whole(plan: Plan[Options], root: Distribution | None) -> str:
    if root is None:  # a tree without its METADATA: the plan has it
        year = datetime.fromtimestamp(plan.epoch, timezone.utc).year
        holders = [f"{year} the authors of {plan.package.name}"]
        name = license_name(plan.package.metadata)
        return _paragraph("*", holders, name=name, texts={})
    return _described("*", root)


def _bundled(distribution: Distribution) -> str:
    return _described("\n       ".join(map(_pattern, distribution.places)), distribution)


def _described(files: str, distribution: Distribution) -> str:
    texts = {file.path: _lines(file) for file in distribution.licenses}
    return _paragraph(
        files,
        _holders(distribution, texts),
        name=license_name(distribution.metadata),
        texts=texts,
        free_text=distribution.metadata.license,
    )


def _paragraph(
    files: str,
    holders: list[str],
    *,
    name: str,
    texts: _Texts,
    free_text: str = "",
) -> str:
    text: list[str] = []
    for common in common_texts(name):
        text += ["", f"The text of {common} is in {_COMMON}/{common}."]
    for path, lines in texts.items():
        text += ["", *_license_text(path, lines)]
    if not text and len(free_text.split()) > 4:  # noqa: PLR2004 - more than a name
        text = ["", *plain_lines(free_text)]
    if not text:
        text = ["", "The distribution states no more about its licence than this name."]
    copyright_lines = "\n           ".join(holders)
    return (
        f"Files: {files}\n"
        f"Copyright: {copyright_lines}\n"
        f"License: {one_line(name)}\n{folded(tuple(text[1:]))}"
    )


def _lines(file: File) -> list[str] | None:
    """Read a licence file; None if policy wants it referred to."""
    text = read_file(file).decode("utf-8", "replace")
    return None if _NOT_REPEATED.search(text) else plain_lines(text.strip("\n"))


def _license_text(path: str, lines: list[str] | None) -> list[str]:
    if lines is None:
        return [f"The notices and the text are in /{one_line(path)}."]
    return lines or [f"See /{one_line(path)}, which is empty."]


def _holders(distribution: Distribution, texts: _Texts) -> list[str]:
    """Find who holds the copyright: in the licence files, else among the authors."""
    found: dict[str, None] = {}
    for lines in texts.values():
        for line in lines or ():
            match = _HOLDER.fullmatch(line)
            if match is not None and not _PLACEHOLDER.search(line):
                found[one_line(match["holder"]).rstrip(".")] = None
    year = datetime.fromtimestamp(distribution.date, timezone.utc).year
    return list(found)[:_MAX_HOLDERS] or [f"{year} {_authors(distribution)}"]


def _authors(distribution: Distribution) -> str:
    metadata = distribution.metadata
    for names, addresses in (
        (metadata.author, metadata.author_email),
        (metadata.maintainer, metadata.maintainer_email),
    ):
        found = one_line(names) or ", ".join(
            one_line(name) for name, _ in getaddresses([addresses]) if one_line(name)
        )
        if found:
            return found
    return f"the authors of {one_line(metadata.display_name)}"


def _pattern(path: str) -> str:
    """Spell a path as a pattern: ``*`` at its end is one, elsewhere it is escaped."""
    stem, star = (path[:-2], "/*") if path.endswith("/*") else (path, "")
    escaped = stem.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")
    return "".join("?" if each.isspace() else each for each in escaped) + star
