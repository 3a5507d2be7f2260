"""What an rpm says of itself, as ``rpm -qpi --requires --provides`` would print it."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from repackage.errors import SigningError
from repackage.signing import read_signatures
from repackage_formats.rpm._header import read_header
from repackage_formats.rpm._header_tags import RELATIONS, SCRIPTLETS, SignatureTag, Tag

if TYPE_CHECKING:
    from pathlib import Path

    from repackage_formats.rpm._header import Header
    from repackage_formats.rpm._header_decode import Tags

_WORDS: Final = {
    "Name": Tag.NAME,
    "Version": Tag.VERSION,
    "Release": Tag.RELEASE,
    "Architecture": Tag.ARCH,
    "Group": Tag.GROUP,
    "License": Tag.LICENSE,
    "Source RPM": Tag.SOURCE_RPM,
    "Build Host": Tag.BUILD_HOST,
    "Packager": Tag.PACKAGER,
    "Vendor": Tag.VENDOR,
    "URL": Tag.URL,
    "Summary": Tag.SUMMARY,
    "Description": Tag.DESCRIPTION,
    "Compressor": Tag.PAYLOAD_COMPRESSOR,
}
_SENSES: Final = ((1 << 1, "<"), (1 << 2, ">"), (1 << 3, "="))


def read_facts(artifact: Path) -> dict[str, str]:
    """Return what a package is, and its relations; what rpm itself must know comes last."""
    header = read_header(artifact)
    facts = {**_identity(header), **_relations(header.main), **_scripts(header.main)}
    return {word: value for word, value in facts.items() if value}


def _identity(header: Header) -> dict[str, str]:
    main = header.main
    facts = {word: main.text(tag) for word, tag in _WORDS.items()}
    if Tag.EPOCH in main.entries:
        facts["Epoch"] = str(main.number(Tag.EPOCH))
    if size := main.number(Tag.LONG_SIZE) or main.number(Tag.SIZE):
        facts["Size"] = str(size)
    if time := main.number(Tag.BUILD_TIME):
        facts["Build Date"] = _date(time)
    facts["Signature"] = "; ".join(_signatures(header.signature)) or "(none)"
    return facts


def _signatures(tags: Tags) -> list[str]:
    """Say who claims to have signed, each once: rpm 6 and older ones look in two places."""
    packets = [tags.data(tag) for tag in (SignatureTag.RSA, SignatureTag.DSA)]
    for text in tags.texts(SignatureTag.OPENPGP):
        with suppress(ValueError):
            packets.append(base64.b64decode(text, validate=True))
    return [_signature(packet) for packet in dict.fromkeys(filter(None, packets))]


def _signature(packet: bytes) -> str:
    """Spell a signature as ``rpm -qpi`` does, but for the date."""
    try:
        found = read_signatures(packet)
    except SigningError:
        return "cannot be read"
    return "; ".join(
        f"{each.algorithm}/{each.hash}, {_date(each.created)}, Key ID {each.key_id.lower()}"
        for each in found
    )


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=timezone.utc).isoformat()


def _relations(main: Tags) -> dict[str, str]:
    facts: dict[str, str] = {}
    features: list[str] = []
    for kind in RELATIONS:
        spelled = relations(main, kind)
        features += [one for one in spelled if one.startswith("rpmlib(")]
        facts[kind.capitalize()] = ", ".join(
            one for one in spelled if not one.startswith("rpmlib(")
        )
    facts["Features of rpm"] = ", ".join(
        one.removeprefix("rpmlib(").replace(") <=", "") for one in features
    )
    return facts


def relations(main: Tags, kind: str) -> tuple[str, ...]:
    """Spell the relations of a kind, each once: ``python(abi) = 3.11``."""
    names, versions, flags = RELATIONS[kind]
    found: dict[str, None] = {}
    for name, version, bits in zip(
        main.texts(names), main.texts(versions), main.numbers(flags), strict=False
    ):
        sense = "".join(sign for bit, sign in _SENSES if bits & bit)
        found[f"{name} {sense} {version}" if sense and version else name] = None
    return tuple(found)


def _scripts(main: Tags) -> dict[str, str]:
    slots = [
        slot
        for slot, (body, program, _) in SCRIPTLETS.items()
        if body in main.entries or program in main.entries
    ]
    return {"Scriptlets": ", ".join(slots)}
