"""What a verdict means and what to do about it, in a sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.check import Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict for those who meet it in the report of another tool."""

    what: str
    remedy: str


_NOTHING = "Nothing is to be done."
_REBUILD = "Build it again from the lock, or lock what is meant to be there."
_AGAIN = "Install the distribution again."
_MEANT = "Install what the lock has, or say that this is meant: --policy and its table."

EXPLAINED: Mapping[Verdict, Explanation] = {
    "satisfied": Explanation("The locked distribution is there.", _NOTHING),
    "satisfied-sdist": Explanation(
        "The locked version is there, from a wheel that was built from the locked source.",
        "Nothing is to be done, unless every file must be one of the lock's.",
    ),
    "satisfied-external": Explanation(
        "The operating system provides a version within the bounds.", _NOTHING
    ),
    "local-differs": Explanation(
        "The version is the locked one but for its local label, such as +cpu.",
        "Install from the index that the lock names, or allow the label: allow-local.",
    ),
    "version-differs": Explanation("Another version than the locked one is there.", _REBUILD),
    "post-differs": Explanation(
        "The version is the locked one but for its post-release.", _REBUILD
    ),
    "source-differs": Explanation(
        "What is there comes from another kind of source than the lock has, or another commit.",
        "Find out where it came from, and install it from where the lock says.",
    ),
    "fork-differs": Explanation(
        "The lock has this version for another target, extra or group.",
        "Check for the target that this was made for, with its extras and groups.",
    ),
    "marker-excluded": Explanation(
        "The lock has it for other targets than this one.",
        "Check for the target that this was made for, or leave it out.",
    ),
    "unselected": Explanation(
        "The lock has it, and nothing that was chosen needs it.",
        "Name the extras and groups that were installed on purpose, or leave it out.",
    ),
    "not-in-lock": Explanation(
        "The lock does not know it.",
        "Leave it out, lock it, or allow it: allow in [tool.repackage.policy].",
    ),
    "missing": Explanation(
        "Something is needed and not there.", "Install everything that the lock chooses."
    ),
    "external-out-of-range": Explanation(
        "The operating system's version is out of the bounds.",
        "Bundle the distribution, or widen the bounds.",
    ),
    "hash-mismatch": Explanation(
        "It comes from a file that the lock does not list.",
        "Find out where it came from: it is not what was locked.",
    ),
    "hash-unverifiable": Explanation(
        "Nothing tells which file it came from.",
        "Check a package that has a ledger; or let the policy 'constrain' pass it.",
    ),
    "record-mismatch": Explanation(
        "A file is not what RECORD says: it was changed or removed after installation.", _AGAIN
    ),
    "duplicate": Explanation("It is installed twice in one directory.", _AGAIN),
    "editable": Explanation(
        "It is a pointer to a source tree, which may change.",
        "Install the project itself: uv sync --no-editable.",
    ),
    "metadata-conflict": Explanation(
        "What it requires is not fulfilled, and no override of the lock says so.", _MEANT
    ),
    "overridden": Explanation(
        "What it requires is not fulfilled because the lock overrides it.", _NOTHING
    ),
    "python-mismatch": Explanation(
        "It does not support the Python of the target.",
        "Check for the target that this was made for.",
    ),
    "tag-mismatch": Explanation(
        "It was built for another machine than the target.",
        "Check for the target that this was made for.",
    ),
    "member": Explanation("It is a member of the workspace.", _NOTHING),
    "stale-lock": Explanation(
        "It requires something else than what was locked.", "Lock again, and build it again."
    ),
}
