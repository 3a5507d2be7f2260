"""Installations as text: what package managers and installers leave in a directory."""

from __future__ import annotations

from repackage.tree import Entry, Symlink, inline_file

APT = "usr/lib/python3/dist-packages"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


def text(path: str, content: str = "") -> Entry:
    return inline_file(path, content.encode(), mtime=0)


def link(path: str, target: str) -> Entry:
    return Symlink(path=path, target=target, mtime=0)


def by_pip(site: str, name: str, version: str = "1.0", metadata: str = "") -> list[Entry]:
    """Describe what pip leaves, without the files of the distribution itself."""
    where = f"{site}/{name}-{version}.dist-info" if site else f"{name}-{version}.dist-info"
    return [
        text(f"{where}/METADATA", METADATA.format(name=name, version=version) + metadata),
        text(f"{where}/INSTALLER", "pip\n"),
        text(f"{where}/RECORD", ""),
    ]


def by_debian_12(name: str, version: str = "1.0", *, site: str = APT) -> list[Entry]:
    """Describe a ``.dist-info`` of bookworm: with RECORD and without INSTALLER."""
    where = f"{site}/{name}-{version}.dist-info"
    return [
        text(f"{where}/METADATA", METADATA.format(name=name, version=version)),
        text(f"{where}/RECORD", f"../../../bin/{name},sha256=AAAA,1\n"),
        text(f"{where}/WHEEL", "Wheel-Version: 1.0\nTag: cp310-cp310-linux_x86_64\n"),
    ]


def by_debian_13(name: str, version: str = "1.0", *, site: str = APT) -> list[Entry]:
    """Describe a ``.dist-info`` of trixie: without RECORD and with INSTALLER."""
    where = f"{site}/{name}-{version}.dist-info"
    return [
        text(f"{where}/METADATA", METADATA.format(name=name, version=version)),
        text(f"{where}/INSTALLER", "debian\n"),
    ]


def by_setuptools(
    name: str, version: str = "1.0", *, requires: str | None = None, site: str = APT
) -> list[Entry]:
    """Describe an ``.egg-info`` directory of Debian."""
    where = f"{site}/{name}-{version}.egg-info"
    files = [
        text(f"{where}/PKG-INFO", METADATA.format(name=name, version=version)),
        text(f"{where}/top_level.txt", f"{name}\n"),
    ]
    return [
        *files,
        *([text(f"{where}/requires.txt", requires)] if requires is not None else []),
    ]


def by_distutils(name: str, version: str = "1.0", *, site: str = APT) -> list[Entry]:
    """Describe an ``.egg-info`` that is one file."""
    content = f"Metadata-Version: 1.1\nName: {name}\nVersion: {version}\nRequires: x\n"
    return [text(f"{site}/{name}-{version}-py3.11.egg-info", content)]


def by_rpm(
    name: str, version: str = "1.0", *, site: str = "usr/lib64/python3.13/site-packages"
) -> list[Entry]:
    """Describe a ``.dist-info`` of Fedora."""
    where = f"{site}/{name}-{version}.dist-info"
    return [
        text(f"{where}/METADATA", METADATA.format(name=name, version=version)),
        text(f"{where}/INSTALLER", "rpm\n"),
    ]
