"""What the reference lists is what there is."""

from __future__ import annotations

import re

from repackage.check import VERDICTS
from tests.docs.blocks import ROOT


def test_every_verdict_is_explained() -> None:
    page = (ROOT / "docs/reference/verdicts.md").read_text(encoding="utf-8")
    explained = re.findall(r"^`([a-z-]+)`\n: ", page, flags=re.MULTILINE)

    assert sorted(explained) == sorted(VERDICTS)


def test_every_variable_of_the_environment_that_is_read_is_listed() -> None:
    page = (ROOT / "docs/reference/environment.md").read_text(encoding="utf-8")
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")
    )
    names = re.findall(r"\"((?:REPACKAGE|UV|SOURCE_DATE)_[A-Z_]+|NETRC|NO_COLOR)\"", sources)

    assert [name for name in sorted(set(names)) if f"`{name}`" not in page] == []
    assert names


def test_every_decision_says_what_was_considered_chosen_and_why() -> None:
    decisions = sorted((ROOT / "docs/explanation/decisions").glob("0*.md"))
    numbers = [int(path.name[:4]) for path in decisions]

    assert numbers == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path
        assert all(f"**{part}.**" in text for part in ("Considered", "Chosen", "Why")), path
