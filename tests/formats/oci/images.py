"""Images made by hand: layouts, and what docker saves, well-formed or not."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

#: A name, and what it is: bytes of a file, a type with a target, or a directory (None).
Content = bytes | tuple[bytes, str] | None


def layer(members: Sequence[tuple[str, Content]], *, executable: Collection[str] = ()) -> bytes:
    """Make a layer, uncompressed."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.mtime = 1000
            info.mode = 0o755 if name in executable else 0o644
            if isinstance(content, bytes):
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            elif content is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
                tar.addfile(info)
            else:
                info.type, info.linkname = content
                tar.addfile(info)
    return stream.getvalue()


@dataclass
class Layout:
    """A layout that grows."""

    directory: Path
    manifests: list[dict[str, Any]] = field(default_factory=list)

    def blob(self, data: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(data).hexdigest()
        path = self.directory / "blobs/sha256" / digest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    def image(
        self,
        *layers: bytes,
        arch: str = "amd64",
        name: str = "",
        diff_ids: Sequence[str] | None = None,
        config: Mapping[str, Any] | None = None,
        stated: bool = True,
    ) -> dict[str, Any]:
        """Add an image of layers, each stored with gzip; return its descriptor."""
        digests = [f"sha256:{hashlib.sha256(each).hexdigest()}" for each in layers]
        described = {
            "architecture": arch,
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": diff_ids or digests},
            **(config or {}),
        }
        manifest = {
            "schemaVersion": 2,
            "config": self.blob(json.dumps(described).encode()),
            "layers": [self.blob(gzip.compress(each, mtime=0)) for each in layers],
        }
        found = self.blob(json.dumps(manifest).encode())
        if stated:
            found["platform"] = {"architecture": arch, "os": "linux"}
        if name:
            found["annotations"] = {"org.opencontainers.image.ref.name": name}
        self.manifests.append(found)
        return found

    def write(self) -> Path:
        """Write what makes it a layout."""
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        index = {"schemaVersion": 2, "manifests": self.manifests}
        (self.directory / "index.json").write_text(json.dumps(index))
        return self.directory


def archive(directory: Path, out: Path, *, mode: str = "w") -> Path:
    """Pack a layout into an archive."""
    with tarfile.open(out, mode) as tar:  # type: ignore[call-overload]  # any mode of writing
        for path in sorted(directory.rglob("*")):
            tar.add(path, path.relative_to(directory).as_posix(), recursive=False)
    return out


def saved(out: Path, *layers: bytes, link: str = "") -> Path:
    """Write what ``docker save`` wrote for years: a directory for each layer."""
    config = json.dumps(
        {
            "architecture": "arm64",
            "os": "linux",
            "rootfs": {
                "diff_ids": [f"sha256:{hashlib.sha256(each).hexdigest()}" for each in layers]
            },
        }
    ).encode()
    names = [f"{at:064x}/layer.tar" for at, _ in enumerate(layers)]
    manifest = [
        {"Config": f"{'c' * 64}.json", "RepoTags": ["shop:1", "shop:latest"], "Layers": names}
    ]
    with tarfile.open(out, "w") as tar:
        parts = [
            (f"{'c' * 64}.json", config),
            ("manifest.json", json.dumps(manifest).encode()),
            *zip(names, layers, strict=True),
        ]
        for name, data in parts:
            info = tarfile.TarInfo(name)
            if link and name == names[-1]:
                info.type, info.linkname = tarfile.SYMTYPE, link
                tar.addfile(info)
            else:
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return out
