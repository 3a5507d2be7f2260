"""What is said of one distribution, before a policy weighs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repackage.check._policy import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A verdict and the sentence that goes with it."""

    verdict: Verdict
    message: str
    in_range: bool = False
    """Whether everybody who requires it admits the version."""
    noted: bool = False
    """Whether someone should be told even where it is in order."""
