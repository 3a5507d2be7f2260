"""What an interpreter and a machine must be like to run what is packed."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.elf import starts_like_elf
from repackage.target import Glibc, MacOS, Musl, Windows
from repackage.tree import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.tags import Tag

    from repackage.target import Target
    from repackage.tree import File, Tree

_WHEEL: Final = re.compile(r"[^/]+\.dist-info/WHEEL")
_LIBRARY: Final = re.compile(r".*\.(?:so(?:\.[0-9.]+)?|pyd|dll|dylib)", re.DOTALL)
_MANYLINUX: Final = re.compile(r"manylinux(?:_(\d+)_(\d+)|(1|2010|2014))_.+")
#: What a kernel calls machines that run the code of an older one.
_SAME_MACHINE: Final = {"i686": ("i586", "x86_64"), "armv7l": ("armv8l", "aarch64")}
#: The glibc that names of before PEP 600 stand for.
_LEGACY: Final = {"1": (2, 5), "2010": (2, 12), "2014": (2, 17)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Needs:
    """What the start of the application checks."""

    python: tuple[int, int]
    exact: bool
    """Whether no later Python will do."""
    libc: tuple[int, int] | None
    """The oldest glibc that every wheel runs with; None: no wheel is for one machine."""
    machine_code: tuple[str, ...]
    """Paths of files that cannot be loaded from where they lie in a zip file."""


def needs_of(tree: Tree, target: Target) -> Needs:
    """Read the tags of every wheel that is in a tree, and look for machine code.

    A later Python than the target's will do for what is made for any Python, and for what
    keeps to the stable ABI; markers that bring backports are for older ones.
    """
    wheels = [tags for tags in map(_tags, tree.files) if tags]
    libcs = [found for tags in wheels if (found := _libc(tags, target))]
    return Needs(
        python=(target.python.major, target.python.minor),
        exact=any(not any(map(_lasts, tags)) for tags in wheels),
        libc=max(libcs, default=None),
        machine_code=tuple(file.path for file in tree.files if _is_machine_code(file)),
    )


def native_facts(needs: Needs, target: Target) -> dict[str, object] | None:
    """Say what the machine must be, if it matters."""
    if not needs.machine_code and needs.libc is None:
        return None
    libc: tuple[object, ...] | None = None
    platform = "linux"
    match target.system:
        case Glibc(major=major, minor=minor):
            libc = ("glibc", *(needs.libc or (major, minor)))
        case Musl(major=major, minor=minor):
            libc = ("musl", major, minor)
        case MacOS():
            platform = "darwin"
        case Windows():
            platform = "win32"
    return {
        "implementation": target.python.implementation,
        "free_threaded": target.python.free_threaded,
        "platform": platform,
        "machines": [target.markers["platform_machine"], *_SAME_MACHINE.get(target.arch, ())],
        "libc": list(libc) if libc else None,
    }


def _tags(file: File) -> frozenset[Tag]:
    """The tags of a distribution, if the file is what tells them."""
    if not _WHEEL.fullmatch(file.path):
        return frozenset()
    from packaging.tags import parse_tag  # where there are some

    text = read_file(file).decode("utf-8", "replace")
    lines = re.findall(r"^Tag:[ \t]*([\w.]+-[\w.]+-[\w.]+)[ \t\r]*$", text, re.MULTILINE)
    return frozenset(tag for line in lines for tag in parse_tag(line))


def _lasts(tag: Tag) -> bool:
    """Whether later Pythons take a tag, too."""
    return tag.interpreter.startswith("py") or tag.abi in {"abi3", "abi3t"}


def _libc(tags: Iterable[Tag], target: Target) -> tuple[int, int] | None:
    """The oldest glibc that a wheel says it runs with; the target's, if it does not say."""
    found: dict[bool, list[tuple[int, int]]] = defaultdict(list)
    for tag in tags:
        match = _MANYLINUX.fullmatch(tag.platform)
        if tag.platform == "any":
            return None
        if match is not None:
            legacy = _LEGACY.get(match[3])
            found[True].append(legacy or (int(match[1]), int(match[2])))
    system = target.system
    if not found[True] and isinstance(system, Glibc):
        return system.major, system.minor
    return min(found[True], default=(0, 0))


def _is_machine_code(file: File) -> bool:
    if file.path.endswith((".py", ".pyi", ".txt")):
        return False
    return bool(_LIBRARY.fullmatch(file.path)) or starts_like_elf(file)
