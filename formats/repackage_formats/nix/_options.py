"""What a user may decide about an expression: ``[tool.repackage.nix]``, ``-C``, the docs table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from repackage.errors import ConfigError, Problems, did_you_mean
from repackage.text import is_plain, is_url
from repackage_formats.nix._syntax import is_attribute_path, is_identifier
from repackage_formats.nix._systems import SYSTEMS

#: What ``package.nix`` itself calls something by.
_TAKEN: Final = frozenset({"commonWheels", "python", "system", "systemWheels"})
_VERSION: Final = re.compile(r"\d{1,2}\.\d{1,2}")
#: Of a derivation: https://nix.dev/manual/nix/stable/store/store-path.
_PACKAGE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Options of the format ``nix``."""

    package: str = ""
    """Name of the package (``pname``), and of its attribute. Default: the normalised name of the wheel."""
    python: str = ""
    """Attribute of the interpreter in nixpkgs, such as ``python3``: its release is then asserted when the expression is evaluated. Default: that of the target's release, such as ``python313``."""
    systems: tuple[str, ...] = tuple(SYSTEMS)
    """Systems that the expression is for; one for which a dependency has no wheel is left out."""
    glibc: str = "2.40"
    """The newest glibc that wheels for Linux may need: that of the nixpkgs in use, or an older one."""
    macos: str = "14.0"
    """The oldest macOS that wheels for darwin must run on."""
    vendor_wheels: bool = False
    """Put every wheel beside the expression: what is built from it needs no network."""
    vendor: tuple[str, ...] = ()
    """Distributions whose wheels are put beside the expression, because their index asks who comes. Those that no index has always are."""
    wheel_url: str = ""
    """Where the application's own wheel is published; it is then fetched, not put beside the expression."""
    build_inputs: tuple[str, ...] = ()
    """Attributes of nixpkgs with shared libraries that wheels for Linux need beyond PEP 599: ``openssl``, ``cudaPackages.libcublas``."""
    ignore_missing: tuple[str, ...] = ()
    """Shared libraries that may be missing, as patterns: ``libcuda.so.1``, ``*``."""
    scripts: tuple[str, ...] | None = None
    """Commands that are put on the path. Default: all that are installed."""
    main_program: str = ""
    """Command that ``nix run`` starts. Default: that with the name of the package, else the first."""
    description: str = ""
    """One line. Default: the wheel's summary."""
    homepage: str = ""
    """Default: the wheel's."""
    changelog: str = ""
    """Default: the wheel's ``Changelog`` or ``Release notes``."""
    license: str = ""
    """SPDX expression. Default: the wheel's."""
    maintainers: tuple[str, ...] = ()
    """Names in ``lib.maintainers``."""

    def __post_init__(self) -> None:
        """Refuse what could not be written, all at once."""
        problems = Problems()
        _validate_names(self, problems)
        _validate_machines(self, problems)
        _validate_texts(self, problems)
        problems.raise_if_any(ConfigError)


def _validate_names(options: Options, problems: Problems) -> None:
    if options.package and not _PACKAGE.fullmatch(options.package):
        problems.add(
            f"{options.package!r} is no name of a package",
            where="package",
            advice="letters, digits, '-', '_' and '.'",
        )
    if options.python and (not is_identifier(options.python) or options.python in _TAKEN):
        problems.add(
            f"{options.python!r} is no attribute of nixpkgs",
            where="python",
            advice="such as 'python313' or 'python3'",
        )
    for name in options.build_inputs:
        if not is_attribute_path(name) or name.partition(".")[0] in _TAKEN:
            problems.add(
                f"{name!r} is no attribute of nixpkgs",
                where="build-inputs",
                advice="such as 'openssl' or 'cudaPackages.libcublas'",
            )
    for name in options.maintainers:
        if not is_identifier(name):
            problems.add(f"{name!r} is no name in lib.maintainers", where="maintainers")


def _validate_machines(options: Options, problems: Problems) -> None:
    for system in options.systems:
        if system not in SYSTEMS:
            problems.add(
                f"no system is called {system!r}",
                where="systems",
                advice=did_you_mean(system, SYSTEMS),
            )
    if not options.systems:
        problems.add(
            "no system is named", where="systems", advice=f"one of {', '.join(SYSTEMS)}"
        )
    if len(set(options.systems)) < len(options.systems):
        problems.add("a system is named twice", where="systems")
    for key, version in (("glibc", options.glibc), ("macos", options.macos)):
        if not _VERSION.fullmatch(version):
            problems.add(
                f"{version!r} is no version", where=key, advice="such as '2.40', '14.0'"
            )


def _validate_texts(options: Options, problems: Problems) -> None:
    for key, url in (
        ("wheel-url", options.wheel_url),
        ("homepage", options.homepage),
        ("changelog", options.changelog),
    ):
        if url and not is_url(url):
            problems.add(
                f"{url!r} is no address in the web",
                where=key,
                advice="such as https://app.example/",
            )
    texts = {"description": (options.description,), "ignore-missing": options.ignore_missing}
    for key, given in texts.items():
        for text in given:
            if not is_plain(text):
                problems.add(f"{text!r} is not one line of visible characters", where=key)
