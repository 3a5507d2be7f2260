"""Copied, made anew, remembered or not: whatever way a payload is made, the same is in it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repackage import registry
from repackage.tree import File, Symlink
from tests.formats.small_shares import SmallShares, make_shares_small

ANEW = {f"{name}.recompress": "true" for name in ("deb", "rpm", "tar", "oci")}
ENDINGS = {".deb": "deb", ".rpm": "rpm", ".zip": "zip", ".oci.tar": "oci", ".tar.gz": "tar"}

#: What compresses well, and what does not, from nothing to several shares.
CONTENT = st.one_of(
    st.binary(max_size=2000),
    st.builds(lambda data, times: data * times, st.binary(max_size=99), st.integers(0, 900)),
    st.randoms(use_true_random=False).map(lambda chance: chance.randbytes(9000)),
)
FILES = st.dictionaries(st.from_regex(r"[a-z]{1,8}\.(py|so|txt)", fullmatch=True), CONTENT)


def payloads(made: dict[str, bytes], directory: Path) -> dict[str, object]:
    """Decompress artifacts; what is in each, in whatever order."""
    found: dict[str, object] = {}
    for name, data in made.items():
        (ending,) = (each for each in ENDINGS if name.endswith(each))
        path = directory / name
        path.write_bytes(data)
        entries = registry.load(ENDINGS[ending]).read(path)
        found[name] = {
            entry.path: (
                type(entry),
                entry.mtime,
                entry.target if isinstance(entry, Symlink) else entry.mode,
                (entry.size, entry.digests.sha256) if isinstance(entry, File) else None,
            )
            for entry in entries
        }
    return found


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=FILES, other=CONTENT)
def test_every_way_to_make_a_payload_makes_the_same_one(
    files: dict[str, bytes], other: bytes
) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        make_shares_small(patch)
        directory = Path(name)
        application = SmallShares.make(directory / "project")
        application.supply({f"greet/{path}": data for path, data in files.items()})
        application.rebuild({"app/data.bin": b"of an earlier release"})
        for way in ({}, ANEW):
            application.build("gz", cache=directory / "cache", settings=way)
        application.rebuild({"app/data.bin": other})
        copied, remembered = (
            application.build("gz", cache=directory / cache) for cache in ("fresh", "cache")
        )
        anew, recalled = (
            application.build("gz", cache=directory / cache, jobs=3, settings=ANEW)
            for cache in ("fresh too", "cache")
        )
        there = payloads(copied, directory)
        assert payloads(anew, directory) == there

    assert copied == remembered
    assert anew == recalled
    assert all(there.values())
