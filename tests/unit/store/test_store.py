"""The store: artifacts in, the same bytes out, or nothing."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from repackage.errors import FetchError, StoreError, WheelError
from repackage.lock import Hash, sha256_of
from repackage.store import Store, _seen, unless_cleared
from repackage.wheel import read_wheel

if TYPE_CHECKING:
    from repackage.wheel import Wheel
    from tests.wheels import WheelFactory

DATA = b"the bytes of a wheel" * 100
FILE = "app-1.0-py3-none-any.whl"


def hash_of(
    data: bytes, algorithm: Literal["md5", "sha256", "sha384", "sha512", "blake2b"] = "sha256"
) -> Hash:
    if algorithm == "blake2b":  # blake2b-256, as uv writes it
        return Hash(
            algorithm=algorithm, digest=hashlib.blake2b(data, digest_size=32).hexdigest()
        )
    return Hash(algorithm=algorithm, digest=hashlib.new(algorithm, data).hexdigest())


def put(store: Store, data: bytes = DATA, *, hash: Hash | None = None) -> Path:  # noqa: A002 - the lock's word
    with store.scratch() as scratch:
        temporary = scratch / "download"
        temporary.write_bytes(data)
        return store.put(temporary, FILE, hash=hash)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "cache")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be old enough to be remembered at once."""
    monkeypatch.setattr(_seen, "RACY", -(1 << 62))


def files_of(store: Store) -> list[Path]:
    return sorted(path for path in store.directory.rglob("*") if path.is_file())


def test_what_was_put_in_is_found_by_its_digest(store: Store) -> None:
    path = put(store, hash=hash_of(DATA))

    assert store.find(hash_of(DATA), FILE) == path
    assert path.read_bytes() == DATA
    assert path.name == FILE
    assert path.stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("algorithm", ["md5", "sha384", "sha512", "blake2b"])
def test_what_was_put_in_is_found_by_another_digest(
    algorithm: Literal["md5", "sha384", "sha512", "blake2b"], store: Store
) -> None:
    path = put(store, hash=hash_of(DATA, algorithm))

    assert store.find(hash_of(DATA, algorithm), FILE) == path
    assert store.find(hash_of(DATA), FILE) == path


def test_what_was_never_put_in_is_not_found(store: Store) -> None:
    put(store)

    assert store.find(hash_of(b"other"), FILE) is None
    assert store.find(hash_of(DATA), "other.whl") is None
    assert store.find(hash_of(DATA, "md5"), FILE) is None


def test_nothing_is_found_without_a_digest(store: Store) -> None:
    put(store)

    assert store.find(None, FILE) is None


def test_a_file_with_another_digest_is_refused_and_nothing_is_kept(store: Store) -> None:
    expected = hash_of(b"other")

    with pytest.raises(FetchError) as caught:
        put(store, hash=expected)

    assert FILE in str(caught.value)
    assert expected.digest in str(caught.value)
    assert hash_of(DATA).digest in str(caught.value)
    assert files_of(store) == []


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", "a\0b"])
def test_a_file_name_that_escapes_is_refused(name: str, store: Store) -> None:
    with pytest.raises(StoreError, match="not a plain file name"):
        store.find(hash_of(DATA), name)


def test_a_digest_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no SHA-256 digest"):
        store.find(Hash(algorithm="sha256", digest="../../x"), FILE)


def damage(path: Path) -> None:
    """Change one byte, and pretend that nothing has happened."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    path.chmod(0o444)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("known", [False, True])
def test_a_damaged_artifact_is_removed_and_counts_as_absent(
    known: bool,  # noqa: FBT001 - a parameter
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = put(store)
    if known:
        monkeypatch.setattr(_seen, "RACY", -(1 << 62))
        assert store.find(hash_of(DATA), FILE) == path
        time.sleep(0.05)  # the clock of the file system must tick
    damage(path)

    assert store.find(hash_of(DATA), FILE) is None
    assert not path.exists()
    assert put(store) == path


@pytest.mark.usefixtures("settled")
def test_whatever_is_damaged_no_wrong_bytes_come_out(
    store: Store, make_wheel: WheelFactory
) -> None:
    original = make_wheel(scripts={"app": "app:main"})
    data = original.read_bytes()
    md5 = hash_of(data, "md5")
    put(store, data, hash=md5)
    expected = store.wheel(store.find(md5, FILE) or original)
    time.sleep(0.05)

    for file in files_of(store):
        damage(file)

        path = store.find(md5, FILE) or put(store, data, hash=md5)
        assert path.read_bytes() == data
        assert store.wheel(path) == expected


@pytest.mark.usefixtures("settled")
def test_an_unchanged_file_is_neither_hashed_nor_verified_again(
    store: Store, make_wheel: WheelFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_wheel()
    first = store.wheel(path)

    monkeypatch.setattr(_seen, "sha256_of", None)
    monkeypatch.setattr("repackage.store._store.read_wheel", None)
    assert store.wheel(path) == first == read_wheel(path)


@pytest.mark.usefixtures("settled")
def test_a_wheel_that_was_built_again_is_read_again(
    store: Store, make_wheel: WheelFactory
) -> None:
    before = store.wheel(make_wheel(files={"a.py": "1\n"}))
    time.sleep(0.05)  # the clock of the file system must tick

    after = store.wheel(make_wheel(files={"a.py": "2\n"}))

    assert before.sha256 != after.sha256


@pytest.mark.usefixtures("settled")
def test_a_file_that_changes_while_it_is_hashed_is_not_remembered(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"before")

    def hash_late(path: Path) -> str:
        digest = sha256_of(path)
        path.write_bytes(b"afterwards")
        return digest

    with monkeypatch.context() as racing:
        racing.setattr(_seen, "sha256_of", hash_late)
        assert store.seen.sha256(path) == hash_of(b"before").digest

    assert store.seen.sha256(path) == hash_of(b"afterwards").digest
    assert store.info().files == 1


def test_a_file_that_changed_just_now_is_not_remembered(
    store: Store, make_wheel: WheelFactory
) -> None:
    store.wheel(make_wheel())

    assert "seen" not in {kind.name for kind in store.info().kinds}


def test_a_manifest_of_another_version_is_written_anew(
    store: Store, make_wheel: WheelFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_wheel()
    with monkeypatch.context() as older:
        older.setattr("repackage.wheel._manifest.SCHEMA", 0)
        store.wheel(path)

    assert store.wheel(path) == read_wheel(path)


def test_a_wheel_under_another_name_is_verified_again(
    store: Store, make_wheel: WheelFactory
) -> None:
    path = make_wheel()
    store.wheel(path)

    with pytest.raises(WheelError, match="must not be renamed"):
        store.wheel(path.rename(path.with_name("other-1.0-py3-none-any.whl")))


def test_a_wheel_that_is_not_there_is_an_error_of_the_wheel(
    store: Store, tmp_path: Path
) -> None:
    with pytest.raises(WheelError, match="no such file"):
        store.wheel(tmp_path / FILE)
    with pytest.raises(WheelError, match="this is a directory"):
        store.wheel(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_refused_and_not_waited_for(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE)

    with pytest.raises(WheelError, match="this is no regular file"):
        store.wheel(tmp_path / FILE)


def put_and_find(directory: Path, number: int) -> bool:
    store = Store.open(directory)
    data = DATA + bytes([number % 3])
    put(store, data, hash=hash_of(data, "md5"))
    found = store.find(hash_of(data, "md5"), FILE)
    return found is not None and found.read_bytes() == data


def disturb(directory: Path, number: int) -> bool:
    store = Store.open(directory)
    for _ in range(30):
        data = os.urandom(2) * 500
        with store.partial("key") as path:
            path.write_bytes(data)
            store.put(path, FILE, hash=hash_of(data, "md5"))
        found = store.find(hash_of(data, "md5"), FILE)
        if number % 2:
            store.clear()
        else:
            store.prune(max_size=1000)
        store.info()
        if found is not None and found.exists() and found.stat().st_size != len(data):
            return False
    return True


def test_a_store_can_be_cleared_and_pruned_while_others_work_with_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(4, mp_context=context) as pool:
        done = list(pool.map(disturb, [tmp_path] * 4, range(4)))

    assert all(done)


def test_a_wheel_that_changes_while_it_is_read_is_not_remembered(
    store: Store, make_wheel: WheelFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_wheel(files={"a.py": "1\n"})

    def read_late(path: Path) -> Wheel:
        make_wheel(files={"a.py": "2\n"})
        return read_wheel(path)

    monkeypatch.setattr("repackage.store._store.read_wheel", read_late)
    store.wheel(path)

    assert store.info().files == 0


def test_many_processes_put_and_find_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        done = list(pool.map(put_and_find, [tmp_path] * 24, range(24)))

    assert all(done)
    assert [kind.files for kind in Store.open(tmp_path).info().kinds][:1] == [3]
    assert not list((tmp_path / "v1" / "scratch").iterdir())


def test_a_partial_download_is_held_by_one_at_a_time(store: Store) -> None:
    def append(number: int) -> None:
        with store.partial("key") as path:
            before = path.read_bytes() if path.exists() else b""
            time.sleep(0.002)
            path.write_bytes(before + bytes([number]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(16)))

    with store.partial("key") as path:
        assert sorted(path.read_bytes()) == list(range(16))
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_partial_downloads_of_other_keys_are_other_files(store: Store) -> None:
    with store.partial("a") as one, store.partial("../a") as other:
        assert one != other
        assert one.parent == other.parent


def test_a_scratch_directory_is_gone_afterwards(store: Store) -> None:
    with store.scratch() as path:
        (path / "file").write_bytes(b"")

    assert not path.exists()


def test_the_environment_names_the_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPACKAGE_CACHE_DIR", str(tmp_path / "named"))
    assert Store.open().directory.parent == tmp_path / "named"

    monkeypatch.delenv("REPACKAGE_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in Store.open().directory.parents


def test_backup_programs_are_told_that_it_is_a_cache(store: Store) -> None:
    tag = store.directory.parent / "CACHEDIR.TAG"

    assert tag.read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_a_directory_that_is_none_is_an_error_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match="--cache-dir"):
        Store.open(tmp_path / "file")


def test_a_full_disk_is_an_error_with_advice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreError, match=r"No space left on device.*cache prune"):
        put(store)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StoreError, match="No space left"):
        store.shelf("manifests").write("ab", b"")
    assert files_of(store) == []


def test_bytes_that_are_pruned_while_they_are_read_are_still_right(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = store.shelf("pieces")
    shelf.write("ab", b"x")

    def prune(path: Path) -> None:
        path.unlink()
        path.stat()

    monkeypatch.setattr(os, "utime", prune)
    later = time.time() + 1e6
    monkeypatch.setattr(time, "time", lambda: later)

    assert shelf.read("ab") == b"x"


def test_a_directory_that_is_pruned_while_it_is_written_to_is_made_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def lose_the_directory(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        target.parent.rmdir()
        return self.replace(target)

    monkeypatch.setattr(Path, "replace", lose_the_directory)

    assert put(store).exists()


def test_a_lock_that_was_removed_while_we_waited_is_made_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock

    def lose_the_lock(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        flock(descriptor, operation)
        for lock in (store.directory / "partial").iterdir():
            lock.unlink()

    monkeypatch.setattr(fcntl, "flock", lose_the_lock)
    with store.partial("key") as path:
        assert path.with_suffix(".lock").exists()


def test_what_is_gone_of_the_store_was_cleared_and_nothing_else_was(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="it was cleared meanwhile"), unless_cleared(tmp_path):
        (tmp_path / "pieces/ab").read_bytes()
    with pytest.raises(FileNotFoundError), unless_cleared(tmp_path / "store"):
        (tmp_path / "elsewhere").read_bytes()
