"""Format-neutral facts about the package to be made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import getaddresses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.metadata import Metadata
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A person or team, as e-mail headers name them."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """What every format says about the package, in its own way."""

    name: NormalizedName
    version: Version
    summary: str
    """One line, never empty."""
    description: str
    """Plain text, markup removed where that is easy; may be empty."""
    license: str
    """SPDX expression, or the free text of older metadata; may be empty."""
    maintainer: Contact | None
    homepage: str
    urls: tuple[tuple[str, str], ...]
    scripts: tuple[str, ...]
    """Names of the commands that the root wheel brings."""
    metadata: Metadata
    """The root wheel's, for whatever a format wants beyond this."""


#: Labels of ``Project-URL`` that name a home page, best first; compared as the
#: specification asks: https://packaging.python.org/en/latest/specifications/well-known-project-urls/.
HOMEPAGE_LABELS = ("homepage", "source", "repository", "sourcecode", "github", "documentation")


def package_of(wheel: Wheel) -> Package:
    """Gather what a wheel says about itself, with every gap that has a default filled."""
    metadata = wheel.metadata
    return Package(
        name=wheel.name,
        version=wheel.version,
        summary=_summary(metadata),
        description=_plain_text(metadata.description, kind=metadata.description_content_type),
        license=metadata.license_expression or _license(metadata),
        maintainer=_contact(metadata),
        homepage=_homepage(metadata.urls),
        urls=metadata.urls,
        scripts=tuple(sorted({point.name for point in wheel.entry_points})),
        metadata=metadata,
    )


def _summary(metadata: Metadata) -> str:
    """The summary on one line; the name where the project gives none."""
    return " ".join(metadata.summary.split()) or metadata.display_name


def _license(metadata: Metadata) -> str:
    """The free text if it is a name rather than a whole licence, else the classifiers'."""
    text = metadata.license.strip()
    if text and "\n" not in text:
        return text
    prefix = "License :: "
    named = [each for each in metadata.classifiers if each.startswith(prefix)]
    return " AND ".join(each.rpartition(" :: ")[2] for each in named)


def _contact(metadata: Metadata) -> Contact | None:
    """The first maintainer that is named, else the first author; with an address if any has."""
    maintainers = _contacts(metadata.maintainer, metadata.maintainer_email)
    authors = _contacts(metadata.author, metadata.author_email)
    contacts = [*maintainers, *authors]
    addressed = [contact for contact in contacts if contact.email]
    return next(iter([*addressed, *contacts]), None)


def _contacts(names: str, addresses: str) -> list[Contact]:
    """Read a pair of metadata fields: names without addresses, and RFC 5322 addresses."""
    found = [
        Contact(name=_one_line(name or names or email), email=email)
        for name, email in getaddresses([addresses])
        if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", email)
    ]
    if not found and names.strip():
        found.append(Contact(name=_one_line(names), email=""))
    return found


def _one_line(text: str) -> str:
    """A name as one line, without what would end it in an e-mail header."""
    return " ".join(re.sub(r"[<>\x00-\x1f\x7f]", " ", text).split())


def _homepage(urls: tuple[tuple[str, str], ...]) -> str:
    """The home page, or the nearest thing to one."""
    normalised = {re.sub(r"[\W_]", "", label).lower(): url for label, url in reversed(urls)}
    found = [normalised[label] for label in HOMEPAGE_LABELS if label in normalised]
    return next(iter([*found, *(url for _, url in urls)]), "")


def _plain_text(text: str, *, kind: str) -> str:
    """Take away the markup that a plain reader stumbles over: images, links, headings."""
    if kind.partition(";")[0].strip() == "text/markdown":
        text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
        text = re.sub(r"\[?!\[[^\]\n]*\]\([^)\n]*\)(?:\]\([^)\n]*\))?", "", text)
        text = re.sub(r"\[([^\]\n]+)\]\([^)\n]*\)", r"\1", text)
        text = re.sub(r"^#{1,6}[ \t]+(.*?)[ \t#]*$", r"\1", text, flags=re.MULTILINE)
        text = re.sub(r"</?[a-zA-Z][^>\n]*>", "", text)
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
