"""Whatever becomes of the files of a cache, an artifact has the bytes that it has without one."""

from __future__ import annotations

import hashlib
import random
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from repackage.errors import StoreError
from tests.formats.small_shares import CODECS, SmallShares, make_shares_small
from tests.unit.fetch.server import file, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.unit.fetch.server import Server

    Damage = Callable[[Sequence[Path], random.Random], None]


def flip(paths: Sequence[Path], chance: random.Random) -> None:
    """Change a bit of each file."""
    for path in paths:
        data = bytearray(path.read_bytes())
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        write(path, bytes(data))


def truncate(paths: Sequence[Path], chance: random.Random) -> None:
    for path in paths:
        data = path.read_bytes()
        write(path, data[: chance.randrange(len(data) or 1)])


def lengthen(paths: Sequence[Path], chance: random.Random) -> None:
    for path in paths:
        write(path, path.read_bytes() + chance.randbytes(8))


def empty(paths: Sequence[Path], _: random.Random) -> None:
    for path in paths:
        write(path, b"")


def swap(paths: Sequence[Path], chance: random.Random) -> None:
    """Give each file the bytes of another one of its kind, whole as they are."""
    others = [path.read_bytes() for path in paths]
    turn = chance.randrange(1, len(paths)) if len(paths) > 1 else 0
    for path, data in zip(paths, others[turn:] + others[:turn], strict=True):
        write(path, data)


def rename(paths: Sequence[Path], chance: random.Random) -> None:
    """Exchange files, so that even their dates are kept."""
    turn = chance.randrange(1, len(paths)) if len(paths) > 1 else 0
    moved = [path.rename(path.with_name(f"{path.name}.moved")) for path in paths]
    for path, other in zip(paths, moved[turn:] + moved[:turn], strict=True):
        other.rename(path)


def remove(paths: Sequence[Path], _: random.Random) -> None:
    for path in paths:
        path.unlink()


def link(paths: Sequence[Path], chance: random.Random) -> None:
    """Put symbolic links in their places: to another one, to nothing, or to themselves."""
    for path in paths:
        aim = chance.choice([*paths, path.with_name("gone"), path])
        path.unlink()
        path.symlink_to(aim)


def replace(paths: Sequence[Path], _: random.Random) -> None:
    """Put directories in their places."""
    for path in paths:
        path.unlink()
        (path / "inside").mkdir(parents=True)


def forbid(paths: Sequence[Path], _: random.Random) -> None:
    """Make them unreadable, for whoever is not root."""
    for path in paths:
        path.chmod(0)


def write(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


#: What counts as absent, and what the store may not be able to do anything about.
SILENT: tuple[Damage, ...] = (flip, truncate, lengthen, empty, swap, rename, remove)
REFUSED: tuple[Damage, ...] = (link, replace, forbid)


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallShares:
    make_shares_small(monkeypatch)
    return SmallShares.make(tmp_path / "project")


def victims(cache: Path, kind: str, chance: random.Random) -> list[Path]:
    """Some of the files of a kind, or all."""
    there = sorted(path for path in (cache / "v1" / kind).rglob("*") if path.is_file())
    assert there
    return chance.choice([there, chance.sample(there, (len(there) + 1) // 2)])


def repair(cache: Path, kind: str) -> None:
    """After a refusal, take away what a user would be told to."""
    for path in sorted((cache / "v1" / kind).rglob("*"), reverse=True):
        if path.is_symlink():
            path.unlink()
        elif path.is_file():
            path.chmod(0o644)
        elif path.suffix == ".whl" or (kind != "artifacts" and path.parent.parent.name == kind):
            shutil.rmtree(path)  # where a file should be


def check(
    build: Callable[[], dict[str, bytes]], expected: dict[str, bytes], damage: Damage
) -> None:
    """See that a build is right, or refused in so many words where it may be."""
    said = ""
    try:
        made = build()
    except StoreError as error:
        made, said = expected, str(error)

    assert not said or (damage in REFUSED and "the cache cannot be used" in said)
    assert made == expected


@pytest.mark.parametrize("damage", [*SILENT, *REFUSED], ids=lambda damage: damage.__name__)
def test_a_damaged_file_of_the_cache_never_makes_a_wrong_artifact(
    damage: Damage, application: SmallShares, tmp_path: Path
) -> None:
    chance = random.Random(damage.__name__)
    codec = chance.choice(CODECS)
    cache = tmp_path / "cache"
    expected = application.build(codec, cache=cache)
    assert application.build(codec, cache=cache) == expected  # with everything in use

    for kind in ("manifests", "pieces", "seals", "seen"):
        damage(victims(cache, kind, chance), chance)
        check(lambda: application.build(codec, cache=cache), expected, damage)
        repair(cache, kind)
    assert application.build(codec, cache=cache) == expected


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def publish(application: SmallShares, server: Server) -> None:
    """Serve ``greet``, and lock it by a digest that the store has another name for."""
    project = application.project
    (wheel,) = project.wheelhouse.glob("greet-*")
    body = wheel.read_bytes()
    server.on(f"/{wheel.name}", file(body))
    text = project.lock.read_text()
    digest = f"sha512:{hashlib.sha512(body).hexdigest()}"
    text = text.replace(f"sha256:{hashlib.sha256(body).hexdigest()}", digest)
    text = re.sub(rf'"https://[^"]*/{wheel.name}"', f'"{server.url}/{wheel.name}"', text)
    project.lock.write_text(text)
    wheel.unlink()


@pytest.mark.parametrize("damage", [*SILENT, *REFUSED], ids=lambda damage: damage.__name__)
def test_a_damaged_download_is_fetched_again(
    damage: Damage, application: SmallShares, server: Server, tmp_path: Path
) -> None:
    chance = random.Random(damage.__name__)
    cache = tmp_path / "cache"
    publish(application, server)

    def build() -> dict[str, bytes]:
        return application.build("zst", cache=cache, online=True)

    expected = build()
    assert build() == expected
    for kind in ("artifacts", "aliases"):
        damage(victims(cache, kind, chance), chance)
        check(build, expected, damage)
        repair(cache, kind)
    assert build() == expected
