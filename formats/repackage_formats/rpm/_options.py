"""What a user may decide about an rpm: ``[tool.repackage.rpm]``, ``-C``, the docs table."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - options are resolved at run time
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class TriggerOptions:
    """A script that runs when another package comes or goes."""

    on: Literal["prein", "in", "un", "postun"]
    """Before it is installed, after that, before it is removed, after that."""
    packages: tuple[str, ...]
    """Which: relations such as ``httpd >= 2.4``."""
    script: str
    """As those of ``scriptlets``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileTriggerOptions:
    """A script that runs when any package's files below a path come or go."""

    on: Literal["in", "un", "postun"]
    """After they are installed, before they are removed, after that."""
    paths: tuple[str, ...]
    """Absolute prefixes of paths, such as ``/usr/share/fonts``."""
    script: str
    """As those of ``scriptlets``; it is given the paths on its standard input."""
    priority: int = 1_000_000
    """Those of higher priority run first."""
    transaction: bool = False
    """Run once in a transaction, after or before all packages, not once for each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Options of the format ``rpm``."""

    package: str = ""
    """Name of the package. Default: the normalised name of the wheel."""
    epoch: int | None = None
    """Epoch of the version. Default: the wheel's."""
    release: str | None = None
    """Release. Default: ``1`` and what the target's packages end in, as ``1.el9``."""
    architecture: str = ""
    """Architecture, as rpm calls it. Default: ``noarch`` if every wheel is for any platform, else the target's."""
    post_releases: Literal["dot", "caret"] = "dot"
    """How ``1.0.post1`` is spelled: ``1.0.post1``, which every rpm orders right, or ``1.0^post1`` as Fedora has it, from rpm 4.15 on."""
    group: str = "Applications/System"
    """Group of the package; few look at it any more."""
    license: str = ""
    """SPDX expression. Default: the wheels'."""
    packager: str = ""
    """``Name <mail@domain>``. Default: maintainer or author of the wheel."""
    vendor: str = ""
    """Who publishes the package."""
    distribution: str = ""
    """Which collection of packages it belongs to."""
    summary: str = ""
    """One line without a full stop. Default: the wheel's."""
    description: str = ""
    """More of it, in lines. Default: the readme of the wheel."""
    url: str = ""
    """Home page. Default: the wheel's."""
    requires: tuple[str, ...] = ()
    """Relations beyond those to the interpreter and to shared libraries, which are found: ``openssl``, ``ca-certificates >= 2023``, ``(a or b)``."""
    requires_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What scriptlets need, by when they run: ``pre``, ``post``, ``preun``, ``postun``, ``pretrans``, ``posttrans``."""
    provides: tuple[str, ...] = ()
    """Names that this package can stand for."""
    conflicts: tuple[str, ...] = ()
    """Packages that cannot be installed beside this one."""
    obsoletes: tuple[str, ...] = ()
    """Packages that this one replaces on upgrades."""
    recommends: tuple[str, ...] = ()
    """Relations that hold in all but unusual installations."""
    suggests: tuple[str, ...] = ()
    """Relations that make the package more useful."""
    supplements: tuple[str, ...] = ()
    """Packages with which this one should be installed, too."""
    enhances: tuple[str, ...] = ()
    """Packages that this one makes more useful."""
    interpreter_requires: tuple[str, ...] | None = None
    """Relations that bring the interpreter. Default: the target's ``/usr/bin/python3.X`` and ``python(abi)``."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """Relations by the shared libraries (sonames) they stand for; an empty one is not required."""
    foreign: tuple[str, ...] = ()
    """Patterns of paths whose machine code is for other machines, and is shipped as data."""
    layout: Literal["app", "system"] = "app"
    """A private prefix with all dependencies, or the system's own directories: for a wheel of pure Python, whose dependencies are packages of the distribution."""
    prefix: str = ""
    """Where the private prefix lies. Default: ``/usr/lib/`` and the package's name."""
    config: tuple[str, ...] = ("/etc/*",)
    """Patterns of absolute paths of files that an administrator may edit: their changes survive upgrades."""
    documentation: tuple[str, ...] = (
        "/usr/share/doc/*",
        "/usr/share/man/*",
        "/usr/share/info/*",
    )
    """Patterns of absolute paths of files that a system may do without (``--nodocs``)."""
    ghosts: tuple[str, ...] = ()
    """Absolute paths of files that come to be at run time, and go with the package."""
    compile: bool = True
    """Compile modules at installation; the package owns what is compiled, and it goes with it. Without it there is no scriptlet, and bytecode that root's runs leave behind stays. There is none either where bytecode is shipped."""
    scriptlets: Mapping[str, str] = field(default_factory=dict)
    """Scripts by when they run: ``pretrans``, ``pre``, ``post``, ``preun``, ``postun``, ``posttrans``, ``preuntrans``, ``postuntrans``, ``verify``. A first line such as ``#!/usr/bin/bash -e`` or ``#!<lua>`` names the program, else it is ``/bin/sh``; alone, that program runs without a script."""
    triggers: tuple[TriggerOptions, ...] = ()
    """Scripts that run when other packages come or go."""
    file_triggers: tuple[FileTriggerOptions, ...] = ()
    """Scripts that run when files of any package come or go."""
    hard_links: bool = False
    """Install files of the private prefix that are the same, with the same date, as one file with several names."""
    compression: Literal["", "gzip", "xz", "zstd", "none"] = ""
    """How the payload is compressed. Default: as the target's own packages are."""
    level: int | None = None
    """Compression level. Default: the codec's own; with ``gzip``, a level that is asked for is one for all data, so that nothing is copied."""
    recompress: bool = False
    """With ``gzip``, compress anew, at level 9 unless ``level`` says otherwise, what wheels hold compressed: slower, and usually smaller. Other codecs always do."""
    rpm_format: Literal[4, 6] = 4
    """Format of the package: 4 is what every distribution builds and every tool reads; 6, which rpm 6 made its own, has stronger digests, and rpm2cpio, bsdtar and others cannot unpack it."""
    changelog: str = ""
    """What changed, an item a line. Default: that the package was made."""

    def __post_init__(self) -> None:
        """Refuse what could not be written, all at once."""
        from repackage_formats.rpm._validation import validate  # it knows these classes

        validate(self)
