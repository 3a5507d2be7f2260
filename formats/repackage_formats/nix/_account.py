"""From a tree to the manifest: what does not follow from the wheels."""

from __future__ import annotations

import base64
import zipfile
from collections import defaultdict
from configparser import ConfigParser
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from repackage.tree import Directory, File, Symlink, Zipped, read_file
from repackage.wheel import OLDEST
from repackage_formats.nix._manifest import Folder, Holding, Installed, Link, Made, Moved
from repackage_formats.nix._restore import directory_dates, record_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.nix._sources import Source

#: Where the data of a member begin is told in its local header (APPNOTE 4.3.7).
_LOCAL_HEADER = 30


@dataclass(kw_only=True, slots=True)
class Account:
    """Sorts what a tree holds by where it comes from."""

    site: str
    sources: Sequence[Source]
    ledger: str
    beside: str
    """Where the ledger lies in the artifact."""
    members: dict[Path, Mapping[int, tuple[str, int]]] = field(default_factory=dict)
    owners: dict[Path, str] = field(default_factory=dict)
    dates: dict[str, int] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    moved: dict[str, list[Moved]] = field(default_factory=lambda: defaultdict(list))

    def holding(self, plan: Plan[Any], tree: Tree, links: Iterable[Link]) -> Holding:
        """Describe a tree, and the links that are made besides."""
        self.members = {source.path: member_offsets(source.path) for source in self._zipped}
        self.owners = {source.path: source.distribution for source in self._zipped}
        epoch = max(OLDEST, plan.epoch)
        made = [self._made(file, tree) for file in tree.files if not self._follows(file)]
        links = [
            *(
                Link(path=each.path, target=each.target, mtime=each.mtime, origin=each.origin)
                for each in tree
                if isinstance(each, Symlink)
            ),
            *links,
        ]
        return Holding(
            target=plan.target.name,
            site=self.site,
            epoch=epoch,
            wheels=tuple(self._installed(source, epoch) for source in self.sources),
            made=tuple(made),
            links=tuple(links),
            folders=tuple(self._folders(tree, epoch)),
        )

    @property
    def _zipped(self) -> list[Source]:
        return [source for source in self.sources if source.path.is_file()]

    def _follows(self, file: File) -> bool:
        """Take note of a file that is a member of a wheel."""
        content = file.content
        if not isinstance(content, Zipped):
            return False
        found = self.members.get(content.wheel.path, {}).get(content.offset)
        if found is None:
            return False
        member, mode = found
        name = self.owners[content.wheel.path]
        self.used[name].add(member)
        usual = self.dates.setdefault(name, file.mtime)
        if (f"{self.site}/{member}", mode, usual) != (file.path, file.mode, file.mtime):
            self.moved[name].append(
                Moved(member=member, path=file.path, mode=file.mode, mtime=file.mtime)
            )
        return True

    def _made(self, file: File, tree: Tree) -> Made:
        made = Made(path=file.path, mode=file.mode, mtime=file.mtime, origin=file.origin)
        if file.path == self.ledger:
            return replace(made, beside=self.beside)
        data = read_file(file)
        if file.path.endswith(".dist-info/RECORD") and data == record_of(
            file, tree.files, site=self.site
        ):
            return replace(made, record=True)
        try:
            return replace(made, text=data.decode())
        except UnicodeDecodeError:
            return replace(made, base64=base64.b64encode(data).decode())

    def _installed(self, source: Source, epoch: int) -> Installed:
        name = source.distribution
        members = {member for member, _ in self.members.get(source.path, {}).values()}
        return Installed(
            distribution=name,
            filename=source.filename,
            sha256=source.sha256,
            mtime=self.dates.get(name, epoch),
            url=source.url,
            unused=not self.used[name],
            left_out=tuple(sorted(members - self.used[name])),
            moved=tuple(self.moved[name]),
        )

    def _folders(self, tree: Tree, epoch: int) -> Iterable[Folder]:
        """Find the directories that do not follow from what is in them."""
        dates = {**self.dates, "": epoch}
        expected = directory_dates(tree, dates)
        for entry in tree:
            if isinstance(entry, Directory) and expected.get(entry.path) != (
                entry.mtime,
                entry.origin,
            ):
                yield Folder(path=entry.path, mtime=entry.mtime, origin=entry.origin)


def member_offsets(wheel: Path) -> Mapping[int, tuple[str, int]]:
    """Find path and mode of each member of a verified wheel, by where its data begin."""
    found: dict[int, tuple[str, int]] = {}
    with wheel.open("rb") as file, zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            file.seek(info.header_offset)
            header = file.read(_LOCAL_HEADER)
            name, extra = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
            executable = info.external_attr >> 16 & 0o111
            offset = info.header_offset + _LOCAL_HEADER + name + extra
            found[offset] = (info.filename, 0o755 if executable else 0o644)
    return found


def entry_points(wheel: Path) -> set[str]:
    """Name the commands that a verified wheel asks for."""
    with zipfile.ZipFile(wheel) as archive:
        found = [
            name
            for name in archive.namelist()
            if name.partition("/")[2] == "entry_points.txt" and ".dist-info/" in name
        ]
        parser = ConfigParser(delimiters=("=",), interpolation=None, strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names have cases
        for name in found:
            parser.read_string(archive.read(name).decode())
    return {
        name
        for section in ("console_scripts", "gui_scripts")
        if parser.has_section(section)
        for name in parser.options(section)
    }
