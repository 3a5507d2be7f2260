"""The Debian changelog: one entry, dated by the plan (policy 4.4, deb-changelog(5))."""

from __future__ import annotations

import textwrap
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from repackage.text import one_line

if TYPE_CHECKING:
    from repackage.format import Plan
    from repackage_formats.deb._control import Identity
    from repackage_formats.deb._options import Options

# strftime would ask the locale
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def changelog(plan: Plan[Options], identity: Identity) -> bytes:
    """Write the entry for this version."""
    distribution = plan.target.distribution
    suite = (distribution.codename if distribution else "") or "unstable"
    made = (
        f"Package {plan.package.metadata.display_name} {plan.package.version} from its wheel."
    )
    items = plan.options.changelog.splitlines() or [made]
    lines = [f"{identity.package} ({identity.version}) {suite}; urgency=medium", ""]
    for item in filter(None, map(one_line, items)):
        lines += textwrap.wrap(
            item.removeprefix("* "),
            76,
            initial_indent="  * ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )
    lines += ["", f" -- {identity.maintainer}  {_rfc_2822(plan.epoch)}", ""]
    return "\n".join(lines).encode()


def _rfc_2822(epoch: int) -> str:
    when = datetime.fromtimestamp(epoch, timezone.utc)
    day, month = _DAYS[when.weekday()], _MONTHS[when.month - 1]
    return f"{day}, {when.day:02d} {month} {when.year} {when:%H:%M:%S} +0000"
