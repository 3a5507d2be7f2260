"""A verified wheel, as :mod:`installer` wants to see one; no member is opened for it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, cast

from installer.sources import WheelSource

from repackage.stage._model import Note
from repackage.tree import Digests, File, Mapped, Zipped, open_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from installer.sources import WheelContentElement

    from repackage.wheel import Member, Wheel

#: Files of a ``.dist-info`` that describe another installation than ours (trap T15). Our
#: own RECORD and INSTALLER take the place of the wheel's; signatures sign the old RECORD.
_FOREIGN = {
    "INSTALLER": "it names the program that installs",
    "RECORD": "",
    "RECORD.jws": "it signs a RECORD that is written anew",
    "RECORD.p7s": "it signs a RECORD that is written anew",
    "REQUESTED": "it is a fact of another installation",
    "direct_url.json": "it is a fact of another installation",
    "uv_build.json": "it is a fact of another installation",
    "uv_cache.json": "it is a fact of another installation",
}


class MemberStream(io.RawIOBase):
    """A member as a stream that knows its facts, and is opened only if it is read."""

    def __init__(self, file: File) -> None:
        self.file = file
        self._opened: BinaryIO | None = None

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # all that io ever gives
        """Read the member's bytes from the wheel."""
        if self._opened is None:
            self._opened = open_file(self.file)
        data = self._opened.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class VerifiedSource(WheelSource):
    """A :class:`~repackage.wheel.Wheel` without the members that are never installed."""

    def __init__(self, wheel: Wheel, *, mtime: int) -> None:
        super().__init__(str(wheel.name), str(wheel.version))
        self.notes: list[Note] = []
        self._wheel = wheel
        self._mtime = mtime
        self._mapped = Mapped(wheel.path)
        self._paths = {member.path for member in wheel.members}

    @property
    def dist_info_dir(self) -> str:
        """The directory as it is spelled in the archive."""
        return self._wheel.dist_info

    @property
    def data_dir(self) -> str:
        """The directory as it is spelled in the archive."""
        return f"{self._wheel.dist_info.removesuffix('.dist-info')}.data"

    @property
    def dist_info_filenames(self) -> list[str]:
        """Names in the ``.dist-info`` directory."""
        prefix = f"{self._wheel.dist_info}/"
        return [path[len(prefix) :] for path in self._paths if path.startswith(prefix)]

    def read_dist_info(self, filename: str) -> str:
        """Compose what installer asks for from facts that were verified before."""
        match filename:
            case "WHEEL":
                pure = "true" if self._wheel.purelib else "false"
                return f"Wheel-Version: 1.0\nRoot-Is-Purelib: {pure}\n"
            case "entry_points.txt":
                return self._entry_points()
            case _:
                raise FileNotFoundError(filename)

    def get_contents(self) -> Iterator[WheelContentElement]:
        """Yield the members that are installed, unopened; note the others."""
        for member in self._wheel.members:
            reason = self._why_left_out(member.path)
            if reason is None:
                yield self._element(member)
            elif reason:
                name = str(self._wheel.name)
                self.notes.append(
                    Note(distribution=name, path=member.path, action="dropped", reason=reason)
                )

    def _entry_points(self) -> str:
        sections: dict[str, list[str]] = {"console": [], "gui": []}
        for point in self._wheel.entry_points:
            line = f"{point.name} = {point.module}:{point.attribute}"
            sections[point.kind].append(line)
        return "\n".join(
            line
            for kind, lines in sections.items()
            if lines
            for line in (f"[{kind}_scripts]", *lines)
        )

    def _why_left_out(self, path: str) -> str | None:
        """Return None for a member that is installed; the reason may be empty."""
        top, _, rest = path.partition("/")
        if "__pycache__" in path.split("/")[:-1]:
            return "bytecode belongs to one interpreter, not to a wheel"
        if path.endswith(".pyc") and path[:-1] in self._paths:
            return "bytecode beside its source goes stale"
        if path == ".lock":
            return "a lock file of another installation"
        if top == self._wheel.dist_info:
            return _FOREIGN.get(rest)
        return None

    def _element(self, member: Member) -> WheelContentElement:
        record = (member.path, "", "")  # its digest was checked; RECORD is written anew
        stream = MemberStream(self._file(member))
        return record, cast("BinaryIO", stream), member.executable

    def _file(self, member: Member) -> File:
        content = Zipped(
            wheel=self._mapped,
            offset=member.offset,
            compressed_size=member.compressed_size,
            deflated=member.deflated,
        )
        return File(
            path=member.path,
            mode=0o755 if member.executable else 0o644,
            mtime=self._mtime,
            size=member.size,
            digests=Digests(sha256=member.sha256, md5=member.md5, crc32=member.crc32),
            content=content,
            origin=str(self._wheel.name),
        )
