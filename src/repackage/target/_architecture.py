"""The names of architectures: one spelling inside, everybody's spellings accepted."""

from __future__ import annotations

from repackage.errors import TargetError, did_you_mean

#: As Linux platform tags spell them, with the oldest manylinux minor of each (PEP 600;
#: an architecture that came later starts with the glibc that first supported it).
OLDEST_MANYLINUX = {
    "x86_64": 5,
    "i686": 5,
    "aarch64": 17,
    "armv7l": 17,
    "ppc64le": 17,
    "s390x": 17,
    "riscv64": 31,
    "loongarch64": 36,
}

#: What Go, and so what container images call them.
GOARCH = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "i686": "386",
    "ppc64le": "ppc64le",
    "s390x": "s390x",
    "riscv64": "riscv64",
    "loongarch64": "loong64",
}

#: What Debian, Go, rustc, Windows and ``platform.machine()`` call them.
_SPELLINGS = {
    "amd64": "x86_64",
    "x64": "x86_64",
    "x86-64": "x86_64",
    "x86_64": "x86_64",
    "arm64": "aarch64",
    "arm64v8": "aarch64",
    "arm": "armv7l",
    "armhf": "armv7l",
    "armv7": "armv7l",
    "armv7hl": "armv7l",
    "armv8l": "armv7l",
    "386": "i686",
    "i386": "i686",
    "i486": "i686",
    "i586": "i686",
    "x86": "i686",
    "ppc64el": "ppc64le",
    "powerpc64le": "ppc64le",
    "loong64": "loongarch64",
}


def linux_architecture(name: str) -> str:
    """Return the spelling that Linux platform tags use."""
    spelled = name.strip().lower()
    known = _SPELLINGS.get(spelled, spelled)
    if known not in OLDEST_MANYLINUX:
        raise TargetError.of(
            f"unknown architecture {name!r}",
            advice=did_you_mean(spelled, {*OLDEST_MANYLINUX, *_SPELLINGS}),
        )
    return known
