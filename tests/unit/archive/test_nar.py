"""Nix archives: the bytes that Nix itself writes, and nothing else read."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repackage.archive import (
    Intake,
    NarWriter,
    nar_number,
    nar_order,
    nar_read_token,
    nar_token,
    read_nar,
)
from repackage.errors import FormatError, InputError
from repackage.testing import example_plan as planned
from repackage.testing import odd_tree, tree_of
from repackage.tree import (
    Directory,
    File,
    Packed,
    Symlink,
    Tree,
    inline_file,
    open_file,
    read_file,
)
from repackage_formats import tar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from repackage.tree import Entry

    Node = dict[str, "Node"] | tuple[bytes, bool] | str

#: Names as file systems allow them: any bytes but two.
NAMES = (
    st.binary(min_size=1, max_size=20)
    .filter(lambda name: name not in {b".", b".."} and not set(name) & set(b"/\0"))
    .map(lambda name: name.decode("utf-8", "surrogateescape"))
)
LEAVES = st.one_of(
    st.tuples(st.binary(max_size=40), st.booleans()),
    st.binary(min_size=1, max_size=40)
    .filter(lambda target: b"\0" not in target)
    .map(lambda target: target.decode("utf-8", "surrogateescape")),
)
TREES = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES, lambda below: st.dictionaries(NAMES, below, max_size=4), max_leaves=12
    ),
    max_size=6,
)


def entries(node: Node, path: str = "") -> Iterator[Entry]:
    match node:
        case dict():
            if path:
                yield Directory(path=path, mtime=1)
            for name, below in node.items():
                yield from entries(below, f"{path}/{name}".lstrip("/") if path else name)
        case (bytes() as data, executable):
            yield inline_file(path, data, mtime=1, mode=0o755 if executable else 0o644)
        case str():
            yield Symlink(path=path, target=node, mtime=1)


def packed(tree: Iterable[Entry]) -> bytes:
    stream = io.BytesIO()
    with NarWriter(stream) as nar:
        for entry in nar_order(tree):
            nar.add(entry)
    return stream.getvalue()


def read(data: bytes) -> list[Entry]:
    return list(read_nar(io.BytesIO(data)))


def tokens(*words: bytes) -> bytes:
    return b"".join(map(nar_token, words))


HEAD = (b"nix-archive-1", b"(", b"type", b"directory")


def entry(name: bytes, *node: bytes) -> tuple[bytes, ...]:
    return (b"entry", b"(", b"name", name, b"node", b"(", b"type", *node, b")", b")")


EMPTY_FILE = (b"regular", b"contents", b"")


def materialised(node: Node, path: Path) -> None:
    match node:
        case dict():
            path.mkdir()
            for name, below in node.items():
                materialised(below, path / name)
        case (bytes() as data, executable):
            path.write_bytes(data)
            path.chmod(0o755 if executable else 0o644)
        case str():
            path.symlink_to(node)


def test_a_directory_is_spelled_as_nix_dumps_it() -> None:
    tree: list[Entry] = [
        inline_file("a", b"hi", mtime=7, mode=0o755),
        Symlink(path="b", target="a", mtime=7),
    ]

    digest = hashlib.sha256(packed(tree)).hexdigest()

    # nix-store --dump of the same directory, nix 2.8
    assert digest == "98adac50964952b8f491c75fc574bbbff78e85db64fab2cc2a92e6477800c326"


@pytest.mark.native("nix-store")
@settings(max_examples=40)
@given(node=TREES)
def test_any_tree_has_the_bytes_that_nix_dumps(node: dict[str, Node]) -> None:
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        materialised(node, scratch / "tree")
        dumped = subprocess.run(
            ["nix-store", "--dump", scratch / "tree"],
            env={**os.environ, "NIX_STORE_DIR": f"{scratch}/store", "NIX_STATE_DIR": name},
            capture_output=True, check=True,
        )  # fmt: skip

    assert packed(entries(node)) == dumped.stdout


@given(node=TREES)
def test_what_was_written_is_read_again(node: dict[str, Node]) -> None:
    tree = nar_order(entries(node))

    assert read(packed(tree)) == tree


def test_names_of_every_kind_are_kept() -> None:
    tree = odd_tree(planned(tar).layout)
    back = read(packed(tree))

    assert [entry.path for entry in back] == [entry.path for entry in nar_order(tree)]
    assert Tree.of(back).size == tree.size


def test_a_directory_is_followed_by_what_is_below_it() -> None:
    tree = tree_of(inline_file("a/b", b"", mtime=1), inline_file("a-b", b"", mtime=1))

    assert [entry.path for entry in tree] == ["a", "a-b", "a/b"]
    assert [entry.path for entry in nar_order(tree)] == ["a", "a/b", "a-b"]


def test_any_execution_bit_of_the_owner_counts_and_no_other_mode_does() -> None:
    file = inline_file("a", b"", mtime=1)

    assert packed([replace(file, mode=0o744)]) == packed([replace(file, mode=0o755)])
    assert packed([replace(file, mode=0o611)]) == packed([file])
    assert packed([replace(file, mtime=2)]) == packed([file])


@pytest.mark.parametrize("path", ["", "/a", "a//b", "../a", ".", "a\0b", "a/"])
def test_what_would_be_unpacked_elsewhere_is_not_written(path: str) -> None:
    with (
        pytest.raises(FormatError, match="outside of the root"),
        NarWriter(io.BytesIO()) as nar,
    ):
        nar.add(inline_file(path, b"", mtime=1))


@pytest.mark.parametrize("paths", [("b", "a"), ("a", "a"), ("a/b",), ("a", "a/b")])
def test_files_out_of_order_or_without_a_directory_are_not_written(paths: list[str]) -> None:
    nar = NarWriter(io.BytesIO())
    *first, last = (inline_file(path, b"", mtime=1) for path in paths)
    for file in first:
        nar.add(file)

    with pytest.raises(FormatError, match="out of order"):
        nar.add(last)


def test_a_file_that_is_shorter_than_declared_is_not_written() -> None:
    short = replace(inline_file("a", b"abc", mtime=1), size=4)

    with pytest.raises(FormatError, match="'a' has 3 bytes, not 4"):
        packed([short])


def test_contents_are_found_again_when_they_are_asked_for() -> None:
    big = os.urandom(3 << 20)
    data = packed(tree_of(inline_file("d/big", big, mtime=1), inline_file("e", b"e", mtime=1)))

    @contextmanager
    def again() -> Iterator[BinaryIO]:
        yield io.BytesIO(data)

    _, found, last = read_nar(io.BytesIO(data), again=again)

    assert isinstance(found, File)
    assert isinstance(found.content, Packed)
    assert read_file(found) == big
    assert isinstance(last, File)
    with open_file(last) as stream:
        assert stream.read() == b"e"


def test_the_stream_is_left_behind_the_archive() -> None:
    stream = io.BytesIO(packed([Symlink(path="a", target="b", mtime=1)]) + b"rest")
    list(read_nar(stream))

    assert stream.read() == b"rest"


@given(node=TREES, cut=st.integers(min_value=1, max_value=400))
def test_an_archive_that_ends_early_is_refused(node: dict[str, Node], cut: int) -> None:
    data = packed(entries(node))
    with pytest.raises(InputError, match="too early"):
        read(data[: -min(cut, len(data))])


@given(node=TREES, at=st.integers(min_value=0), value=st.integers(min_value=1, max_value=255))
def test_an_altered_byte_is_seen_or_makes_another_tree(
    node: dict[str, Node], at: int, value: int
) -> None:
    data = bytearray(packed(entries(node)))
    data[at % len(data)] ^= value
    try:
        back = read(bytes(data))
    except InputError:
        return

    assert packed(back) == bytes(data)


@pytest.mark.parametrize("name", [b"", b".", b"..", b"a/b", b"a\0", b"/etc"])
def test_a_name_that_is_no_name_is_refused(name: bytes) -> None:
    with pytest.raises(InputError, match=r"byte \d+: .*is not a name of a file"):
        read(tokens(*HEAD, *entry(name, *EMPTY_FILE), b")"))


@pytest.mark.parametrize(
    ("names", "message"),
    [((b"b", b"a"), "'a' is not where it is sorted"), ((b"a", b"a"), "'a' stands twice")],
)
def test_names_that_are_not_sorted_are_refused(names: list[bytes], message: str) -> None:
    both = [word for name in names for word in entry(name, *EMPTY_FILE)]

    with pytest.raises(InputError, match=message):
        read(tokens(*HEAD, *both, b")"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((b"nix-archive-2",), "'nix-archive-2' instead of 'nix-archive-1'"),
        ((b"nix-archive-1", b"(", b"type", b"regular"), "'regular' instead of 'directory'"),
        ((*HEAD, b"tree"), "'tree' instead of 'entry'"),
        ((*HEAD, b"entry", b"(", b"nome"), "'nome' instead of 'name'"),
        ((*HEAD, *entry(b"a", b"device")), "'a' is 'device', which is not known"),
        ((*HEAD, *entry(b"a", b"regular", b"content")), "'content' instead of 'contents'"),
        ((*HEAD, *entry(b"a", b"regular", b"executable", b"x")), "'x' instead of ''"),
        ((*HEAD, *entry(b"a", b"symlink", b"target", b"")), "'a' is a link to ''"),
        ((*HEAD, *entry(b"a", b"symlink", b"target", b"a\0b")), "'a' is a link to"),
        ((*HEAD, *entry(b"n" * 256, *EMPTY_FILE)), "a token of 256 bytes"),
        ((*HEAD, *entry(b"a", b"symlink", b"target", b"t" * 4097)), "a token of 4097 bytes"),
    ],
)
def test_words_that_nix_does_not_write_are_refused(
    words: tuple[bytes, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(tokens(*words))


def test_directories_without_end_are_refused_without_a_recursion() -> None:
    below = (b"entry", b"(", b"name", b"d", b"node", b"(", b"type", b"directory")

    with pytest.raises(InputError, match="longer than a path can be"):
        read(tokens(*HEAD, *(below * 5000)))


def test_padding_that_is_not_zero_is_refused() -> None:
    data = packed([inline_file("a", b"abc", mtime=1)])
    altered = data.replace(b"abc\0\0\0\0\0", b"abc\0\0\0\0X")

    with pytest.raises(InputError, match="'a': there is something in the padding"):
        read(altered)
    with pytest.raises(InputError, match=r"byte 0: .*there is something in the padding"):
        read(data.replace(b"nix-archive-1\0\0\0", b"nix-archive-1\0\0\1"))


def test_a_file_that_claims_more_than_a_disk_holds_is_refused_at_once() -> None:
    head = tokens(*HEAD, *entry(b"a", b"regular", b"contents")[:-2])
    stream = io.BytesIO(head + nar_number((1 << 64) - 1))

    with pytest.raises(InputError, match="it expands to more than"):
        list(read_nar(stream, intake=Intake(100)))


def test_a_token_is_read_with_its_padding() -> None:
    stream = io.BytesIO(nar_token(b"abc") + b"rest")

    assert nar_read_token(stream) == b"abc"
    assert stream.read() == b"rest"
