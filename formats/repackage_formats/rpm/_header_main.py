"""The main header of an rpm: every fact as a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from repackage_formats.rpm._files_encode import file_entries
from repackage_formats.rpm._header_encode import int32s, int64s, text, texts, translated
from repackage_formats.rpm._header_features import features
from repackage_formats.rpm._header_scripts import (
    file_trigger_entries,
    scriptlet_entries,
    trigger_entries,
)
from repackage_formats.rpm._header_tags import RELATIONS, SHA256, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from repackage_formats.rpm._facts import Change, Facts, Relation
    from repackage_formats.rpm._header_encode import Data
    from repackage_formats.rpm._payload_write import Written

#: No version: a package must not change because the program that made it did.
_MADE_BY: Final = "repackage"


def main_entries(facts: Facts, *, epoch: int, level: int) -> dict[int, Data]:
    """Write every tag that is known before the payload is."""
    return {
        **_identity(facts),
        **_relations(facts),
        **scriptlet_entries(facts.scriptlets),
        **trigger_entries(facts.triggers),
        **file_trigger_entries(facts.file_triggers),
        **_changelog(facts.changelog),
        **file_entries(facts),
        **_compression(facts, level=level),
        **_format(facts),
        Tag.BUILD_TIME: int32s([epoch]),
    }


def payload_entries(written: Written, *, rpm_format: Literal[4, 6]) -> dict[int, Data]:
    """Write what the payload turned out to be; its length is always the same."""
    payload, archive = written.payload, written.archive
    entries: dict[int, Data] = {
        Tag.PAYLOAD_DIGEST: texts([payload.sha256]),
        Tag.PAYLOAD_DIGEST_ALT: texts([archive.sha256]),
    }
    match rpm_format:
        case 4:
            return {**entries, Tag.PAYLOAD_DIGEST_ALGORITHM: int32s([SHA256])}
        case 6:
            return {
                **entries,
                Tag.PAYLOAD_SHA512: text(payload.sha512),
                Tag.PAYLOAD_SHA512_ALT: text(archive.sha512),
                Tag.PAYLOAD_SHA3_256: text(payload.sha3_256),
                Tag.PAYLOAD_SHA3_256_ALT: text(archive.sha3_256),
                Tag.PAYLOAD_SIZE: int64s([payload.size]),
                Tag.PAYLOAD_SIZE_ALT: int64s([archive.size]),
            }


def _format(facts: Facts) -> Mapping[int, Data]:
    """Name the format, and the source package that does not exist, as format 6 does."""
    match facts.rpm_format:
        case 4:
            return {}
        case 6:
            epoch = f"{facts.epoch}:" if facts.epoch else ""
            source = f"{facts.name}-{epoch}{facts.version}-{facts.release}"
            return {Tag.RPM_FORMAT: int32s([6]), Tag.SOURCE_NEVR: text(source)}


def _identity(facts: Facts) -> Mapping[int, Data]:
    optional = {
        Tag.DISTRIBUTION: facts.distribution,
        Tag.VENDOR: facts.vendor,
        Tag.PACKAGER: facts.packager,
        Tag.URL: facts.url,
    }
    return {
        Tag.HEADER_I18N_TABLE: texts(["C"]),
        Tag.NAME: text(facts.name),
        Tag.VERSION: text(facts.version),
        Tag.RELEASE: text(facts.release),
        **({Tag.EPOCH: int32s([facts.epoch])} if facts.epoch else {}),
        Tag.SUMMARY: translated(facts.summary),
        Tag.DESCRIPTION: translated(facts.description),
        Tag.GROUP: translated(facts.group),
        Tag.LICENSE: text(facts.license),
        Tag.BUILD_HOST: text(facts.build_host),
        Tag.OS: text("linux"),
        Tag.ARCH: text(facts.arch),
        Tag.SOURCE_RPM: text(facts.source_rpm),
        Tag.RPM_VERSION: text(_MADE_BY),
        Tag.ENCODING: text("utf-8"),
        **{tag: text(value) for tag, value in optional.items() if value},
    }


def _relations(facts: Facts) -> Mapping[int, Data]:
    entries: dict[int, Data] = {}
    for kind, (names, versions, flags) in RELATIONS.items():
        relations: Iterable[Relation] = getattr(facts, kind)
        if kind == "requires":
            relations = (*relations, *features(facts))
        ordered = sorted({(one.name, one.version, one.flags) for one in relations})
        entries[names] = texts([name for name, _, _ in ordered])
        entries[versions] = texts([version for _, version, _ in ordered])
        entries[flags] = int32s([bits for _, _, bits in ordered])
    return entries


def _changelog(changes: tuple[Change, ...]) -> Mapping[int, Data]:
    return {
        Tag.CHANGELOG_TIME: int32s([change.time for change in changes]),
        Tag.CHANGELOG_NAME: texts([change.name for change in changes]),
        Tag.CHANGELOG_TEXT: texts([change.text for change in changes]),
    }


def _compression(facts: Facts, *, level: int) -> Mapping[int, Data]:
    """Name the compressor; where there is none, librpm takes the payload as it is."""
    entries: dict[int, Data] = {Tag.PAYLOAD_FORMAT: text("cpio")}
    if facts.compression != "none":
        entries[Tag.PAYLOAD_COMPRESSOR] = text(facts.compression)
        entries[Tag.PAYLOAD_FLAGS] = text(str(level))
    return entries
