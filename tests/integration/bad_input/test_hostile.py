"""Wheels, locks and tables that were made to do harm."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from debian.debfile import DebFile

from tests.integration.bad_input.user import LITTLE_MEMORY, change
from tests.unit.wheel.archives import Item, items_of, pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.integration.bad_input.user import User

GREET = "https://files.example/greet-2.0-py3-none-any.whl"
METADATA = b"Metadata-Version: 2.4\nName: app\nVersion: 1.0\nRequires-Dist: greet>=1\n"


def forge(user: User, files: Mapping[str, bytes], *, metadata: bytes = METADATA) -> None:
    """Replace the root wheel by one with these files; its RECORD is true."""
    items = items_of(files, info={"METADATA": metadata})
    user.project.wheel.write_bytes(pack(items))


@pytest.mark.parametrize(
    ("member", "what"),
    [
        ("../../evil.py", "leaves the directory"),
        ("app/../../evil.py", "leaves the directory"),
        ("app-1.0.data/data/../../evil", "leaves the directory"),
        ("/etc/evil", "is absolute"),
        ("..\\evil", "has a backslash"),
        ("app/\x1b[31m.py", "has a control character"),
    ],
)
def test_a_member_that_goes_astray(user: User, member: str, what: str) -> None:
    forge(user, {member: b"x"})

    said = user.refused(2)

    assert f"the path {what}" in said
    assert "nothing of this wheel can be trusted" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("declared", [0xFFFF_FFF0, 1000])
def test_a_bomb_is_refused_in_little_memory(user: User, declared: int) -> None:
    """More than is free, declared as far as zip can; or a member that inflates to more."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    mebibyte = compressor.compress(bytes(1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    size = {"size": declared}
    data = mebibyte * 10240 + b"\3\0"
    names = [f"app/zero{number}.bin" for number in range(1 if declared == 1000 else 3)]
    bombs = [Item(name=name, compressed=data, local=size, central=size) for name in names]
    items = items_of(info={"METADATA": METADATA})
    rows = "".join(f"{name},sha256={'A' * 43},{declared}\n" for name in names).encode()
    record = replace(items[-1], data=rows + items[-1].data)
    user.project.wheel.write_bytes(pack([*items[:-1], *bombs, record]))

    said = user.refused(2, wrapper=LITTLE_MEMORY)

    assert user.project.wheel.stat().st_size > 10 << 20
    assert "this is a bomb" in said or "inflates to more than the declared 1000 bytes" in said


def test_metadata_of_a_hundred_megabytes(user: User) -> None:
    forge(user, {"app/x.py": b""}, metadata=METADATA + b"\n" + b"x" * 100_000_000)

    said = user.refused(2, wrapper=LITTLE_MEMORY)

    assert "bytes are too many for this file" in said


@pytest.mark.parametrize("name", ["../../x", "..", "a\rb", "-rf", "a/b", "a\\b", "a\x1bb"])
def test_a_script_that_is_called_what_no_script_is(user: User, name: str) -> None:
    user.rebuild(scripts={name: "app:main"})

    said = user.refused(2)

    assert "the script name" in said
    assert "nothing of this wheel can be trusted" in said


@pytest.mark.parametrize("name", ["python3", "python", "pip3.11", "activate"])
def test_a_script_that_would_hide_the_systems_own(user: User, name: str) -> None:
    user.rebuild(scripts={name: "app:main"})

    said = user.refused(6)

    assert f"the script {name!r} of app" in said
    assert "rename it in the project" in said


@pytest.mark.parametrize("point", ["app:main(); import os", "app:main\r; import os", "a b:c"])
def test_an_entry_point_that_is_code(user: User, point: str) -> None:
    user.rebuild(scripts={"x": point})

    assert "what it runs is written as 'module:function'" in user.refused(2)


def test_no_field_of_the_metadata_adds_one_to_the_package(user: User) -> None:
    breaks = ["\n ", "\r", "\r\n\t", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\0"]
    harm = "".join(f"x{each}Injected: yes" for each in breaks)
    fields = ("Summary", "Author", "Maintainer", "Home-page", "License", "Keywords", "Platform")
    addresses = [f'{kind}-email: "A {harm}" <a@b.example>' for kind in ("Author", "Maintainer")]
    lines = [
        *(f"{name}: {harm}" for name in fields),
        *addresses,
        f"Project-URL: Homepage, https://x.example/{harm}",
        f"Description: {harm}",
    ]
    user.rebuild(metadata=lines)

    artifacts = user.built(formats=["deb"])

    (content,) = artifacts.values()
    deb = DebFile(fileobj=io.BytesIO(content))
    documents = [deb.control.get_content("control")]
    documents += [
        deb.data.get_content(member.name)
        for member in deb.data.tgz()
        if member.isfile() and "/share/doc/" in member.name
    ]
    assert len(documents) == 3
    for document in documents:
        assert not any(line.startswith("Injected") for line in _lines(document)), document


def _lines(document: object) -> list[str]:
    """Lines as the most liberal reader sees them, of a document that may be compressed."""
    assert isinstance(document, bytes)
    text = gzip.decompress(document) if document.startswith(b"\x1f\x8b") else document
    return text.decode().replace("\0", "\n").splitlines()


@pytest.mark.parametrize("field", ["Name", "Version"])
def test_a_name_and_a_version_are_nothing_else(user: User, field: str) -> None:
    old = {"Name": b"app", "Version": b"1.0"}[field]
    metadata = METADATA.replace(old, old + b"\n Injected: yes")
    forge(user, {"app/x.py": b""}, metadata=metadata)

    assert f"{field} '{old.decode()} Injected: yes' is invalid" in user.refused(2)


@pytest.mark.parametrize(
    ("entry", "status", "what"),
    [
        ('url = "file:///etc/passwd"', 2, "'passwd' is not the name of a wheel"),
        ('path = "../../../../etc/passwd"', 2, "'passwd' is not the name of a wheel"),
        ('url = "https://x.example/.."', 2, "'..' is not a plain file name"),
        (
            'url = "https://x.example/..%2f..%2fgreet-2.0-py3-none-any.whl"',
            2,
            "is not a plain file name",
        ),
        (
            'url = "file://other.example/greet-2.0-py3-none-any.whl"',
            5,
            "is at a URL that cannot be requested",
        ),
        ('url = "ftp://x.example/greet-2.0-py3-none-any.whl"', 5, "only http and https are"),
    ],
)
def test_a_lock_that_points_elsewhere(user: User, entry: str, status: int, what: str) -> None:
    (user.project.wheelhouse / "greet-2.0-py3-none-any.whl").unlink()
    change(user.project.lock, f'url = "{GREET}"', entry)

    assert what in user.refused(status)


def test_a_file_that_the_lock_points_to_is_no_use_with_another_hash(user: User) -> None:
    wheel = user.project.wheelhouse / "greet-2.0-py3-none-any.whl"
    secret = user.here / wheel.name
    wheel.replace(secret)
    secret.write_text("a secret")
    change(user.project.lock, f'url = "{GREET}"', f'url = "{secret.as_uri()}"')

    said = user.refused(5)

    assert f"{secret}: has other bytes than the lock says" in said
    assert "a secret" not in said


def test_a_lock_whose_url_steers_the_terminal(user: User) -> None:
    (user.project.wheelhouse / "greet-2.0-py3-none-any.whl").unlink()
    change(user.project.lock, "greet-2.0-py3-none-any", "\\u001b]0;greet-2.0-py3-none-any")

    assert "\x1b" not in user.refused(2)


@pytest.mark.parametrize(
    ("table", "errors", "what"),
    [
        ("tool = 3", 1, "tool.repackage: is not a table"),
        ("[tool]\nrepackage = 1", 1, "tool.repackage: is not a table"),
        ("[tool.repackage]\ndeb = 1", 1, "no option is called 'deb'"),
        ("[tool.repackage]\npolicy = 'x'", 1, "tool.repackage.policy: is not a table"),
        ("[tool.repackage]\nextras = [1]\nzz = 1\ngroups = 2020-01-01", 3, "extras[0]"),
        ('[tool.repackage]\nextras = ["\\u0000"]', 1, "extras[0]: '\\x00' has a NUL"),
        ("[tool.repackage.deb]\nsection = [1]\nsecton = 'a'", 2, "found an array"),
        ("[tool.repackage.deb]\nprefix = '../../etc'", 1, "is no place for a private prefix"),
        ('[tool.repackage.deb]\nsection = "a\\nInjected: b"', 1, "is not a section"),
        ('[tool.repackage.deb]\nmaintainer = "a\\nInjected: b"', 1, "is not a name and"),
        ('[tool.repackage.deb]\ndepends = ["a\\nInjected: b"]', 1, "is not a relation"),
    ],
)
def test_a_table_that_is_evil(user: User, table: str, errors: int, what: str) -> None:
    (user.project.directory / "pyproject.toml").write_text(table)

    said = user.refused(2, errors=errors)

    assert what in said
    assert f"error: {user.project.directory / 'pyproject.toml'}: tool.repackage" in said
