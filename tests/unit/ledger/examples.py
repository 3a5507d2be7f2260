"""Ledgers for tests: one that has everything, and strategies for any."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.ledger import (
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
from repackage.ledger._model import Action, Obtained, TreeKind
from repackage.lock import Hash

if TYPE_CHECKING:
    from typing import Any

    from repackage.ledger import Origin

SITE = "usr/lib/app/lib/python3.11/site-packages"


def example() -> Ledger:
    """An application with a dependency that was built, and one from an index."""
    app, locked = map(canonicalize_name, ("app", "locked"))
    return Ledger(
        repackage="0.1.0",
        application=app,
        version=Version("1.0"),
        lock_kind="uv.lock",
        lock_sha256="a" * 64,
        target=LedgerTarget(
            name="debian-12-x86_64",
            python="3.11.2",
            platform="manylinux_2_36_x86_64",
            arch="x86_64",
            distribution="debian-12",
            markers={"os_name": "posix"},
        ),
        extras=(canonicalize_name("loud"),),
        groups=(),
        production=True,
        policy="locked",
        overrides={locked: "range"},
        externals={locked: ">=1,==1.*"},
        entries=(
            entry(
                "app",
                source=FromTree(kind="editable"),
                artifact=evidence("app-1.0-py3-none-any.whl", obtained="application"),
                verdicts=("member",),
            ),
            entry(
                "built",
                source=FromGit(url="https://git.example/built", commit="c" * 40),
                artifact=evidence(
                    "built-1.0-py3-none-any.whl",
                    obtained="built",
                    built_from=Hash(algorithm="sha512", digest="5" * 128),
                ),
                required_by=(app, locked),
                verdicts=("satisfied-sdist",),
                edits=(Edit(path="bin/x", action="edited", reason="its first line"),),
            ),
            entry("locked", required_by=(app,), verdicts=("satisfied",)),
        ),
    )


def evidence(filename: str, *, digest: str = "d" * 64, **facts: Any) -> Evidence:
    hashes = (Hash(algorithm="sha256", digest=digest),)
    return Evidence(**{"filename": filename, "obtained": "locked", "hashes": hashes, **facts})


def entry(name: str, **facts: Any) -> LedgerEntry:
    return LedgerEntry(
        **{
            "name": canonicalize_name(name),
            "version": Version("1.0"),
            "source": FromIndex(url="https://index.example/simple"),
            "artifact": evidence(f"{name}-1.0-py3-none-any.whl"),
            "dist_info": f"{SITE}/{name}-1.0.dist-info",
            "record": "e" * 64,
            **facts,
        }
    )


TEXTS = st.text(max_size=12)
NAMES = st.from_regex(r"[a-z0-9]([a-z0-9]?-?[a-z0-9])?", fullmatch=True).map(canonicalize_name)
VERSIONS = st.from_regex(r"[0-9]\.[0-9]{1,2}(rc1|\.post2)?(\+cpu)?", fullmatch=True).map(
    Version
)
FILENAMES = st.text(min_size=1, max_size=12).filter(
    lambda text: not {"/", "\0"} & set(text) and text not in {".", ".."}
)
PATHS = st.lists(FILENAMES, min_size=1, max_size=3).map("/".join)
SHA256 = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
HASHES = SHA256.map(lambda digest: Hash(algorithm="sha256", digest=digest))
OTHERS = st.from_regex(r"[0-9a-f]{32}", fullmatch=True).map(
    lambda digest: Hash(algorithm="md5", digest=digest)
)
NAMED = st.lists(NAMES, max_size=2).map(tuple)


def origins() -> st.SearchStrategy[Origin]:
    commits = st.from_regex(r"[0-9a-f]{40}", fullmatch=True)
    return st.one_of(
        st.builds(FromIndex, url=TEXTS),
        st.builds(FromDirectory),
        st.builds(FromGit, url=TEXTS, commit=commits, subdirectory=TEXTS),
        st.builds(FromUrl, url=TEXTS, subdirectory=TEXTS),
        st.builds(FromFile, filename=FILENAMES),
        st.builds(FromTree, kind=st.sampled_from(get_args(TreeKind))),
    )


def entries() -> st.SearchStrategy[LedgerEntry]:
    artifacts = st.builds(
        Evidence,
        filename=FILENAMES,
        obtained=st.sampled_from(get_args(Obtained)),
        hashes=st.one_of(st.tuples(HASHES), st.tuples(OTHERS, HASHES)),
        built_from=st.none() | HASHES,
    )
    edits = st.builds(Edit, path=TEXTS, action=st.sampled_from(get_args(Action)), reason=TEXTS)
    return st.builds(
        LedgerEntry,
        name=NAMES,
        version=VERSIONS,
        source=st.none() | origins(),
        artifact=artifacts,
        dist_info=PATHS,
        record=SHA256,
        extras=NAMED,
        required_by=NAMED,
        verdicts=st.lists(TEXTS, max_size=2).map(tuple),
        edits=st.lists(edits, max_size=2).map(tuple),
    )


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    found = draw(st.lists(entries(), min_size=1, max_size=3, unique_by=lambda one: one.name))
    targets = st.builds(
        LedgerTarget,
        name=TEXTS,
        python=TEXTS,
        platform=TEXTS,
        arch=TEXTS,
        distribution=TEXTS,
        markers=st.dictionaries(TEXTS, TEXTS, max_size=2),
    )
    return Ledger(
        repackage=draw(TEXTS),
        application=found[0].name,
        version=draw(VERSIONS),
        lock_kind=draw(st.sampled_from(("uv.lock", "pylock.toml"))),
        lock_sha256=draw(SHA256),
        target=draw(targets),
        extras=draw(NAMED),
        groups=draw(NAMED),
        production=draw(st.booleans()),
        policy=draw(TEXTS),
        overrides=draw(st.dictionaries(NAMES, TEXTS, max_size=2)),
        externals=draw(st.dictionaries(NAMES, TEXTS, max_size=2)),
        entries=tuple(found),
    )
