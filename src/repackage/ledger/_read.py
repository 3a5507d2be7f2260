"""A ledger from JSON. It may be a stranger's: nothing in it is taken for granted."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from repackage.errors import InputError, Problems
from repackage.ledger import _kinds as kinds
from repackage.ledger._fields import Fields, Kind
from repackage.ledger._model import (
    SCHEMA,
    Edit,
    Evidence,
    FromDirectory,
    FromFile,
    FromGit,
    FromIndex,
    FromTree,
    FromUrl,
    Ledger,
    LedgerEntry,
    LedgerTarget,
)

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from repackage.ledger._model import Origin
    from repackage.lock import Hash

#: Bytes. An application of a thousand distributions has a ledger of one million.
LARGEST = 16 << 20


def from_json(data: bytes, *, where: str) -> Ledger:
    """Read a ledger; keys that are not known are passed over.

    Raises:
        InputError: It is too large, no JSON, or of another schema; or with all that is
            wrong with what it says.
    """
    if len(data) > LARGEST:
        raise InputError.of(f"a ledger of {len(data)} bytes is too large", where=where)
    problems = Problems()
    document = Fields(_parsed(data, where=where), where=where, problems=problems)
    schema = document.integer("schema")
    if not problems and schema != SCHEMA:
        raise InputError.of(
            f"the ledger has the schema {schema}, and this version reads {SCHEMA}",
            where=where,
            advice="use the version of repackage that made it",
        )
    ledger = _ledger(document)
    for name, number in Counter(entry.name for entry in ledger.entries).items():
        if number > 1:
            document.tell(f"{name!r} is there {number} times", key="distributions")
    if ledger.application not in ledger.by_name:
        document.tell("the application is not among them", key="distributions")
    problems.raise_if_any(InputError)
    return ledger


def _parsed(data: bytes, *, where: str) -> object:
    try:
        return json.loads(data, object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError as error:
        what = "the ledger cannot be read: it is nested too deeply"
        raise InputError.of(what, where=where) from error
    except ValueError as error:
        raise InputError.of(f"the ledger cannot be read: {error}", where=where) from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a key that stands there twice: readers differ in which one they take."""
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a key stands there twice")
    return table


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _ledger(document: Fields) -> Ledger:
    application, lock = document.table("application"), document.table("lock")
    selection, policy = document.table("selection"), document.table("policy")
    overrides = policy.table("package")
    return Ledger(
        repackage=document.text("repackage"),
        application=application.one("name", kinds.NAME),
        version=application.one("version", kinds.VERSION),
        lock_kind=lock.one("kind", kinds.LOCK_KIND),
        lock_sha256=lock.one("sha256", kinds.SHA256),
        target=_target(document.table("target")),
        extras=selection.all("extras", kinds.NAME),
        groups=selection.all("groups", kinds.NAME),
        production=selection.boolean("production"),
        policy=policy.text("level"),
        overrides={overrides.key(name, kinds.NAME): overrides.text(name) for name in overrides},
        externals=_externals(document),
        entries=tuple(_entry(each) for each in document.tables("distributions")),
    )


def _externals(document: Fields) -> dict[NormalizedName, str]:
    """What is left to the system; a ledger of a package that bundles does not mention it."""
    if "externals" not in set(document):
        return {}
    named = document.table("externals")
    return {named.key(name, kinds.NAME): named.text(name) for name in named}


def _target(fields: Fields) -> LedgerTarget:
    markers = fields.table("markers")
    return LedgerTarget(
        name=fields.text("name"),
        python=fields.text("python"),
        platform=fields.text("platform"),
        arch=fields.text("arch"),
        distribution=fields.text("distribution", otherwise=""),
        markers={name: markers.text(name) for name in markers},
    )


def _entry(fields: Fields) -> LedgerEntry:
    return LedgerEntry(
        name=fields.one("name", kinds.NAME),
        version=fields.one("version", kinds.VERSION),
        source=_origin(fields.table("source")) if fields.has("source") else None,
        artifact=_evidence(fields.table("artifact")),
        dist_info=fields.one("dist_info", kinds.PATH),
        record=fields.one("record", kinds.SHA256),
        extras=fields.all("extras", kinds.NAME),
        required_by=fields.all("required_by", kinds.NAME),
        verdicts=fields.all("verdicts", kinds.TEXT),
        edits=tuple(_edit(each) for each in fields.tables("edits")),
    )


def _edit(fields: Fields) -> Edit:
    action = fields.one("action", kinds.ACTION)
    return Edit(path=fields.text("path"), action=action, reason=fields.text("reason"))


def _evidence(fields: Fields) -> Evidence:
    digests = fields.table("hashes")
    if not digests.has("sha256"):
        digests.tell("missing", key="sha256")
    return Evidence(
        filename=fields.one("filename", kinds.FILENAME),
        obtained=fields.one("obtained", kinds.OBTAINED),
        hashes=tuple(digests.one(algorithm, _digest(algorithm)) for algorithm in digests),
        built_from=fields.one("built_from", kinds.HASH) if fields.has("built_from") else None,
    )


def _digest(algorithm: str) -> Kind[Hash]:
    """The kind of a bare digest, whose algorithm is its key."""
    return Kind(
        parse=lambda text: kinds.HASH.parse(f"{algorithm}:{text}"),
        placeholder=kinds.HASH.placeholder,
    )


def _origin(fields: Fields) -> Origin | None:
    found: Origin | None = None
    subdirectory = fields.text("subdirectory", otherwise="")
    match fields.text("kind"):
        case "index":
            found = FromIndex(url=fields.text("url"))
        case "flat-index":
            found = FromDirectory()
        case "git":
            commit = fields.one("commit", kinds.COMMIT)
            found = FromGit(url=fields.text("url"), commit=commit, subdirectory=subdirectory)
        case "url":
            found = FromUrl(url=fields.text("url"), subdirectory=subdirectory)
        case "file":
            found = FromFile(filename=fields.one("filename", kinds.FILENAME))
        case "tree":
            found = FromTree(kind=fields.one("tree", kinds.TREE))
        case kind:
            fields.tell(f"no source is called {kind!r}", key="kind")
    return found
