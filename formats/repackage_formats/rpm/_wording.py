"""What people read of a package: summary, description, who made it, what changed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from repackage.prose import first_paragraphs, paragraphs_of, synopsis
from repackage.text import is_contact, is_url, one_line
from repackage_formats.rpm._facts import Change

if TYPE_CHECKING:
    from repackage.format import Plan
    from repackage.package import Package
    from repackage_formats.rpm._identity import Identity
    from repackage_formats.rpm._options import Options

#: rpmlint: description-line-too-long.
_WIDTH: Final = 79
_DAY: Final = 86_400
_NOON: Final = 43_200


def summary(package: Package, options: Options) -> str:
    """One line that fits a list: without a full stop, with a capital."""
    line = options.summary or synopsis(package.summary, name=package.name)
    return line if options.summary else line[:1].upper() + line[1:]


def description(package: Package, options: Options) -> str:
    """A few paragraphs, wrapped; the summary where there are none."""
    if options.description.strip():
        paragraphs = paragraphs_of(options.description)
    else:
        paragraphs = first_paragraphs(package.description)
    wrapped = (
        textwrap.fill(paragraph, _WIDTH, break_on_hyphens=False, break_long_words=False)
        for paragraph in paragraphs or [f"{summary(package, options)}."]
    )
    return "\n\n".join(wrapped)


def url(package: Package, options: Options) -> str:
    """Where it is at home."""
    return options.url or (package.homepage if is_url(package.homepage) else "")


def packager(package: Package, options: Options) -> str:
    """``Name <mail>`` of who is named with an address; empty if nobody is."""
    contact = package.maintainer
    if options.packager or contact is None:
        return options.packager
    allowed = one_line(contact.name).translate({ord(each): " " for each in '<>@,;:"()[]\\'})
    mail = contact.email.strip()
    spelled = f"{' '.join(allowed.split()) or mail.partition('@')[0]} <{mail}>"
    return spelled if is_contact(spelled) else ""


def changelog(plan: Plan[Options], identity: Identity) -> tuple[Change, ...]:
    """Write the one entry, dated at noon of the plan's day (spec files name a day only)."""
    made = (
        f"Package {plan.package.metadata.display_name} {plan.package.version} from its wheel."
    )
    lines: list[str] = []
    for item in filter(None, map(one_line, plan.options.changelog.splitlines() or [made])):
        lines += textwrap.wrap(
            item.removeprefix("- "),
            _WIDTH,
            initial_indent="- ",
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
    who = packager(plan.package, plan.options)
    who = who or f"{identity.name} packagers <unknown@packages.invalid>"
    return (
        Change(
            time=plan.epoch // _DAY * _DAY + _NOON,
            name=f"{who} - {identity.evr}",
            text="\n".join(lines),
        ),
    )
