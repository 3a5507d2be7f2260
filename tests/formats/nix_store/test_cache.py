"""A binary cache: what is in it, and what is not taken for one."""

from __future__ import annotations

import hashlib
import io
import lzma
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage.archive import NarWriter
from repackage.errors import FormatError, InputError
from repackage.testing import example_tree, odd_tree
from repackage.tree import File, Packed, Symlink, inline_file, read_file
from repackage_formats.nix_store import nix_cache
from repackage_formats.nix_store._narinfo import NarInfo
from repackage_formats.nix_store._path import content_addressed, nix32
from tests.formats.nix_store.made import (
    HASH,
    PYTHON,
    STORED,
    cache,
    closure,
    planned,
    with_files,
)

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.tree import Entry


def info_of(out: Path) -> Path:
    (path,) = out.glob("*.narinfo")
    return path


def edited(out: Path, key: str, value: str) -> None:
    path = info_of(out)
    path.write_text(re.sub(rf"(?m)^{key}: .*$", f"{key}: {value}", path.read_text()))


def nar_of(out: Path) -> Path:
    (path,) = (out / "nar").iterdir()
    return path


def test_a_cache_is_three_files_named_by_what_they_hold(tmp_path: Path) -> None:
    out = cache(tmp_path)
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*"))

    assert len(files) == 2
    assert re.fullmatch(r"[0-9a-z]{32}\.narinfo", files[0])
    assert re.fullmatch(r"nar/[0-9a-z]{52}\.nar\.xz", files[1])
    assert (out / "nix-cache-info").read_text() == (
        "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n"
    )


@pytest.mark.parametrize(
    ("compression", "suffix"), [("none", ".nar"), ("xz", ".nar.xz"), ("zstd", ".nar.zst")]
)
def test_the_path_does_not_depend_on_the_compression(
    compression: Any, suffix: str, tmp_path: Path
) -> None:
    out = cache(tmp_path, nix_cache.Options(compression=compression))
    plain = cache(tmp_path / "plain", nix_cache.Options(compression="none"))

    assert nar_of(out).name.endswith(suffix)
    assert info_of(out).name == info_of(plain).name


def test_the_interpreter_is_a_reference(tmp_path: Path) -> None:
    out = cache(tmp_path, nix_cache.Options(interpreter=PYTHON))

    assert f"\nReferences: {HASH}-python3-3.11.9\n" in info_of(out).read_text()
    assert nix_cache.describe(out)["references"] == STORED


def test_a_path_that_is_named_and_not_declared_is_refused(tmp_path: Path) -> None:
    other = f"/nix/store/{'0' * 32}-openssl-3.0.13"
    staged = with_files({"tls.py": f"LIBRARY = '{other}/lib/libssl.so'\n".encode()})

    with pytest.raises(
        FormatError, match=r"tls\.py: the file names .*-openssl-3\.0\.13, which"
    ):
        cache(tmp_path / "undeclared", staged=staged)
    out = cache(tmp_path, nix_cache.Options(references=(other,)), staged=staged)
    assert nix_cache.describe(out)["references"] == other


def test_a_declared_path_that_nothing_names_is_told(tmp_path: Path) -> None:
    heard: list[str] = []
    plan = planned(nix_cache.Options(references=(STORED,)))
    nix_cache.emit(replace(plan, warn=heard.append), example_tree(plan.layout), tmp_path / "x")

    assert heard == [f"{STORED} is declared, and no file names it: it is no reference"]


def test_a_cache_describes_its_path(tmp_path: Path) -> None:
    facts = nix_cache.describe(cache(tmp_path))

    assert facts["path"].endswith("-example-1.0")
    assert facts["content-addressed"] == "yes"
    assert facts["compression"] == "xz"
    assert list(facts) == ["path", "content-addressed", "archive", "compression"]


def test_contents_are_found_when_they_are_asked_for(tmp_path: Path) -> None:
    out = cache(tmp_path, staged=odd_tree)
    found = {entry.path: entry for entry in nix_cache.read(out)}
    noise = next(entry for path, entry in found.items() if path.endswith("noise.bin"))

    assert isinstance(noise, File)
    assert isinstance(noise.content, Packed)
    assert len(read_file(noise)) == 1_500_000


def test_only_a_cache_is_recognised(tmp_path: Path) -> None:
    out, stream = cache(tmp_path), closure(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other/nix-cache-info").write_text("StoreDir: /gnu/store\n")

    assert nix_cache.recognises(out) == 2
    assert nix_cache.recognises(stream) == 0
    assert nix_cache.recognises(tmp_path) == 0
    assert nix_cache.recognises(tmp_path / "other") == 0
    assert nix_cache.recognises(tmp_path / "nothing") == 0


def test_a_directory_that_is_no_cache_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is no binary cache of /nix/store"):
        list(nix_cache.read(tmp_path))


def test_a_cache_of_several_paths_is_not_read(tmp_path: Path) -> None:
    out = cache(tmp_path)
    (out / f"{HASH}.narinfo").write_text("")

    with pytest.raises(InputError, match="the binary cache holds 2 paths"):
        list(nix_cache.read(out))


def test_a_path_under_the_name_of_another_is_refused(tmp_path: Path) -> None:
    out = cache(tmp_path)
    info_of(out).rename(out / f"{HASH}.narinfo")

    with pytest.raises(InputError, match="for which nobody would ask by this name"):
        list(nix_cache.read(out))


@pytest.mark.parametrize("at", [0, 0.3, 0.6, 0.999])
@pytest.mark.parametrize("compression", ["none", "xz", "zstd"])
def test_an_altered_file_is_refused_before_anything_is_made_of_it(
    compression: Any, at: float, tmp_path: Path
) -> None:
    out = cache(tmp_path, nix_cache.Options(compression=compression))
    data = bytearray(nar_of(out).read_bytes())
    data[int(at * len(data))] ^= 1
    nar_of(out).write_bytes(data)

    with pytest.raises(InputError, match=r"nar/.*should have"):
        next(nix_cache.read(out))


def test_a_missing_archive_is_told(tmp_path: Path) -> None:
    out = cache(tmp_path)
    archive = nar_of(out)
    archive.unlink()

    with pytest.raises(InputError, match=r"nar/.*: there is no such file"):
        list(nix_cache.read(out))


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/stdin"])
def test_a_device_in_the_place_of_the_archive_is_not_read(device: str, tmp_path: Path) -> None:
    out = cache(tmp_path)
    archive = nar_of(out)
    archive.unlink()
    archive.symlink_to(device)

    with pytest.raises(InputError, match="there is no such file"):
        list(nix_cache.read(out))


def test_another_compression_is_told(tmp_path: Path) -> None:
    out = cache(tmp_path)
    edited(out, "Compression", "bzip2")

    with pytest.raises(InputError, match=r"compressed with 'bzip2' \(what can be read: none"):
        list(nix_cache.read(out))


def test_a_compression_that_it_has_not_is_told(tmp_path: Path) -> None:
    out = cache(tmp_path)
    edited(out, "Compression", "zstd")

    with pytest.raises(InputError, match="damaged zst data"):
        list(nix_cache.read(out))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("NarHash", f"sha256:{'0' * 52}", "should have"),
        ("NarSize", "1", "should have"),
        ("References", f"{HASH}-python3", "and not /nix/store"),
    ],
)
def test_what_is_said_of_the_archive_must_be_true(
    key: str, value: str, message: str, tmp_path: Path
) -> None:
    out = cache(tmp_path)
    edited(out, key, value)

    with pytest.raises(InputError, match=message):
        list(nix_cache.read(out))


def forged(directory: Path, nar: bytes, *, content_addressed_: bool = True) -> Path:
    """Make a cache whose every digest is right, of whatever archive."""
    (directory / "nar").mkdir(parents=True)
    data = lzma.compress(nar)
    digest, file = hashlib.sha256(nar).digest(), hashlib.sha256(data).digest()
    path = content_addressed("forged", digest, ())
    info = NarInfo(
        path=path,
        url=f"nar/{nix32(file)}.nar.xz",
        compression="xz",
        file_sha256=file,
        file_size=len(data),
        nar_sha256=digest,
        nar_size=len(nar),
        references=(),
        content_address=digest if content_addressed_ else None,
    )
    (directory / info.url).write_bytes(data)
    (directory / f"{path.hash_part}.narinfo").write_text(info.text())
    (directory / "nix-cache-info").write_text("StoreDir: /nix/store\n")
    return directory


def nar(*entries: Entry) -> bytes:
    stream = io.BytesIO()
    with NarWriter(stream) as writer:
        for entry in entries:
            writer.add(entry)
    return stream.getvalue()


def test_caches_that_others_made_are_read(tmp_path: Path) -> None:
    archive = nar(Symlink(path="a", target="/etc/passwd", mtime=1))
    out = forged(tmp_path, archive, content_addressed_=False)

    assert list(nix_cache.read(out)) == [Symlink(path="a", target="/etc/passwd", mtime=1)]
    assert nix_cache.describe(out)["content-addressed"] == "no"


def test_a_path_that_leads_out_is_refused_though_every_digest_is_right(tmp_path: Path) -> None:
    archive = nar(inline_file("xx", b"", mtime=1)).replace(b"xx\0", b"..\0")

    with pytest.raises(InputError, match=r"'\.\.' is not a name of a file"):
        list(nix_cache.read(forged(tmp_path, archive)))


def test_data_behind_the_archive_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are data after the end"):
        list(nix_cache.read(forged(tmp_path, nar() + bytes(8))))
