"""A manual page for each command that brings none (policy 12.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from repackage.text import is_url, one_line
from repackage_formats.deb._description import description
from repackage_formats.deb._gzip import gzipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.deb._options import Options

_SECTION = re.compile(r"usr/share/man/man[168]/(?P<command>.+)\.[168](\.gz)?")


def manual_pages(plan: Plan[Options], tree: Tree) -> Iterator[tuple[str, bytes]]:
    """Yield path and compressed text of the pages that the root wheel does not ship."""
    shipped = {match["command"] for f in tree.files if (match := _SECTION.fullmatch(f.path))}
    prefix = f"{plan.layout.commands or plan.layout.scripts}/"
    commands = (e.path.removeprefix(prefix) for e in tree if e.path.startswith(prefix))
    for command in commands:
        if command not in shipped and "/" not in command:
            page = _page(command, plan)
            yield f"usr/share/man/man1/{command}.1.gz", gzipped(page.encode())


def _page(command: str, plan: Plan[Options]) -> str:
    synopsis, lines = description(plan.package, plan.options)
    title = _escaped(command.upper())
    name = _escaped(command)
    source = _escaped(f"{plan.package.metadata.display_name} {plan.package.version}")
    parts = [
        f'.TH "{title}" 1 "" "{source}"',
        ".SH NAME",
        f"{name} \\- {_escaped(synopsis)}",
        ".SH SYNOPSIS",
        f".B {name}",
        "[\\fIargument\\fR ...]",
        ".SH DESCRIPTION",
        *(_escaped(line) if line else ".PP" for line in lines),
        ".PP",
        f"For its arguments, run \\fB{name} \\-\\-help\\fR.",
    ]
    urls = [(one_line(label), url) for label, url in plan.package.urls if is_url(url)]
    if urls:
        parts.append(".SH SEE ALSO")
    for label, url in urls:
        parts += [".TP", _escaped(label), _escaped(url)]
    return "\n".join([*parts, ""])


def _escaped(text: str) -> str:
    """Escape for roff: backslashes, hyphens that are meant, dots and quotes that begin."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
