"""What a user may decide about a deb: ``[tool.repackage.deb]``, ``-C``, the docs table."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - options are resolved at run time
from dataclasses import dataclass, field
from typing import Literal

from repackage_formats.deb._validation import validate


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Options of the format ``deb``."""

    package: str = ""
    """Name of the package. Default: the normalised name of the wheel."""
    epoch: int | None = None
    """Epoch of the version. Default: the wheel's."""
    revision: str | None = None
    """Debian revision. Default: ``0repackage1`` and the release, as ``~deb12``, so that packages for two releases differ in version and the newer release's is an upgrade."""
    architecture: str = ""
    """Architecture, as Debian calls it. Default: ``all`` if every wheel is for any platform and no marker asks for the machine, else the target's."""
    section: str = "python"
    """Section of the archive: ``python``, ``utils``, ``admin``, ``net``, …"""
    priority: Literal["required", "important", "standard", "optional", "extra"] = "optional"
    """How much the system needs the package."""
    maintainer: str = ""
    """``Name <mail@domain>``. Default: maintainer or author of the wheel, if it names one with an address; else an address at ``packages.invalid``, which nobody reads."""
    description: str = ""
    """Synopsis on the first line, more below it. Default: summary and readme of the wheel."""
    homepage: str = ""
    """URL. Default: the wheel's."""
    depends: tuple[str, ...] = ()
    """Relations beyond those to the interpreter and to shared libraries, which are found."""
    pre_depends: tuple[str, ...] = ()
    """Relations that must hold before unpacking."""
    recommends: tuple[str, ...] = ()
    """Relations that hold in all but unusual installations."""
    suggests: tuple[str, ...] = ()
    """Relations that make the package more useful."""
    enhances: tuple[str, ...] = ()
    """Packages that this one makes more useful."""
    conflicts: tuple[str, ...] = ()
    """Packages that cannot be unpacked beside this one."""
    breaks: tuple[str, ...] = ()
    """Packages that do not work beside this one."""
    replaces: tuple[str, ...] = ()
    """Packages whose files this one may take over."""
    provides: tuple[str, ...] = ()
    """Names that this package can stand for."""
    interpreter_packages: tuple[str, ...] | None = None
    """Relations that bring the interpreter and ``py3compile``. Default: ``python3.X`` and, unless bytecode is shipped, ``python3:any``."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """Packages by the shared libraries (sonames) they bring; an empty one is not depended on."""
    foreign: tuple[str, ...] = ()
    """Patterns of paths whose machine code is for other machines, and is shipped as data."""
    multi_arch: Literal["", "foreign", "allowed", "same"] = "foreign"
    """``Multi-Arch``: a command serves every architecture. Empty: no such field."""
    layout: Literal["app", "system"] = "app"
    """Where files go: a private prefix with all dependencies, or the system's own directories: for a wheel of pure Python, whose dependencies are packages of the distribution."""
    distributions: Mapping[str, str] = field(default_factory=dict)
    """Packages by the Python distributions that the layout ``system`` needs, where they are not ``python3-`` and the name: a name, or a whole relation; an empty one is not depended on."""
    prefix: str = ""
    """Where the private prefix lies. Default: ``/usr/lib/`` and the package's name."""
    compile: bool = True
    """Compile modules at installation and remove what was compiled with the package. Without it there are no maintainer scripts, and bytecode that root's runs leave behind stays. Where bytecode is shipped (`--bytecode`) nothing is compiled, and what `python -O` compiled is removed."""
    compression: Literal["xz", "gz", "zst", "none"] = "xz"
    """``xz`` is read everywhere, ``zst`` from Debian 12 and Ubuntu 20.04 on (Debian's own archive and its lintian refuse it), ``gz`` is fast."""
    level: int | None = None
    """Compression level. Default: the codec's own; with ``gz``, a level that is asked for is one for all data, so that nothing is copied."""
    recompress: bool = False
    """With ``gz``, compress anew, at level 9 unless ``level`` says otherwise, what wheels hold compressed: slower, and usually smaller. Other codecs always do."""
    changelog: str = ""
    """What changed, an item a line. Default: that the package was made."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Further fields of the control file, such as ``Bugs`` or ``X-Team``."""

    def __post_init__(self) -> None:
        """Refuse what could not be written, all at once."""
        validate(self)
