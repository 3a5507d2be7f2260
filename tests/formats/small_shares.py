"""An application whose payloads are of several shares, though it has little in it."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from repackage.archive import Copying, _pieced
from repackage.archive._copied import divided
from repackage.build import build
from tests.unit.build.project import Project, make_project
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pytest

    from repackage.tree import Entry

CODECS = ("gz", "xz", "zst")
#: What is asked for together; rpm and the others have no target in common.
TOGETHER = (
    (("deb", "tar", "oci", "zip"), {"target": "debian-12"}),
    (("rpm",), {"target": "el9", "python": "3.12"}),
)
_LEAST: Final = 4 << 10

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def make_shares_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kilobytes be worth what megabytes are, and believe every file's dates."""

    def soon(entries: Iterable[Entry], copying: Copying | None) -> object:
        little = None if copying is None else Copying(file=1 << 10, payload=0)
        return divided(list(entries), little)

    monkeypatch.setattr(_pieced, "divided", soon)
    monkeypatch.setattr(_pieced, "_LEAST", dict.fromkeys(CODECS, _LEAST))
    monkeypatch.setattr("repackage.store._seen.RACY", -(1 << 62))


@dataclass(frozen=True)
class SmallShares:
    """``app``, which depends on ``greet``: text, noise, machine code and a link."""

    project: Project

    @classmethod
    def at(cls, directory: Path) -> SmallShares:
        """The one that was made there."""
        return cls(Project(directory))

    @classmethod
    def make(cls, directory: Path) -> SmallShares:
        project = make_project(directory)
        noise = random.Random(7)
        lines = [noise.randbytes(12).hex() for _ in range(200)]
        made = cls(project)
        made.supply(
            {
                "greet/__init__.py": "def main():\n    pass\n",
                "greet/text.txt": "\n".join(noise.choices(lines, k=2000)),
                "greet/noise.bin": noise.randbytes(20_000),
                "greet/empty.txt": "",
            }
        )
        return made

    def supply(self, files: dict[str, str | bytes]) -> None:
        """Give ``greet`` other files, and lock it anew."""
        wheel = WheelFactory(self.project.wheelhouse)("greet", "2.0", files=files)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        text = self.project.lock.read_text()
        pattern = r"(greet-2\.0-py3-none-any\.whl[^}]*sha256:)[0-9a-f]{64}"
        text, count = re.subn(pattern, rf"\g<1>{digest}", text)
        assert count == 1
        text = re.sub(r"(greet-2\.0[^}]*size = )[0-9]+", rf"\g<1>{wheel.stat().st_size}", text)
        self.project.lock.write_text(text)

    def rebuild(self, files: Mapping[str, str | bytes]) -> None:
        """Give the application other files."""
        WheelFactory(self.project.wheel.parent)(
            "app",
            "1.0",
            files={"app/__init__.py": "", **files},
            requires=["greet>=1", "shout; extra == 'loud'"],
            extras=["loud"],
            scripts={"app": "app:main"},
        )

    def build(
        self,
        codec: str,
        *,
        cache: Path,
        jobs: int = 1,
        online: bool = False,
        out: Path | None = None,
        settings: Mapping[str, str] = NOTHING,
    ) -> dict[str, bytes]:
        """Build every format with a codec; return the artifacts by their names."""
        found = {}
        for formats, flags in TOGETHER:
            chosen = {
                key: value
                for key, value in {**compressed(codec), **settings}.items()
                if key.partition(".")[0] in formats
            }
            request = self.project.request(
                *formats,
                cache_dir=cache,
                jobs=jobs,
                flags={**flags, "offline": not online, "out-dir": str(out or self.project.out)},
                settings=chosen,
            )
            for artifact in build(request):
                found[artifact.path.name] = artifact.path.read_bytes()
                artifact.path.unlink()
        return found


def compressed(codec: str) -> dict[str, str]:
    """The settings that have every format compress with a codec, or another if it cannot."""
    return {
        "deb.compression": codec,
        "tar.compression": codec,
        "rpm.compression": {"gz": "gzip", "zst": "zstd"}.get(codec, codec),
        "oci.compression": "zst" if codec == "zst" else "gz",
        "oci.base": "scratch",
    }
