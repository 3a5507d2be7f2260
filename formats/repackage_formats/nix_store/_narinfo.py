"""What a binary cache says of a path: its ``.narinfo``, and ``nix-cache-info``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import InputError, Problems
from repackage_formats.nix_store._path import STORE, StorePath, from_nix32, nix32, store_path

if TYPE_CHECKING:
    from collections.abc import Mapping

CACHE_INFO: Final = "nix-cache-info"
#: 40 is the priority of the cache that NixOS comes with; the lower, the sooner it is asked.
CACHE_INFO_TEXT: Final = f"StoreDir: {STORE}\nWantMassQuery: 1\nPriority: 40\n"
_CONTENT_ADDRESS: Final = "fixed:r:sha256:"
_DIGEST: Final = 32
#: Beyond what any path refers to.
LONGEST: Final = 1 << 20
_ONCE = ("StorePath", "URL", "Compression", "FileHash", "FileSize", "NarHash", "NarSize",
         "References")  # fmt: skip
_URL = re.compile(r"(?:nar/)?[0-9a-zA-Z+_?=-][0-9a-zA-Z+._?=-]*", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class NarInfo:
    """One path of a cache."""

    path: StorePath
    url: str
    compression: str
    file_sha256: bytes
    file_size: int
    nar_sha256: bytes
    nar_size: int
    references: tuple[StorePath, ...]
    content_address: bytes | None
    """The digest of the archive that names the path; None: it is named otherwise."""
    signatures: tuple[str, ...] = ()

    def text(self) -> str:
        """Write it as Nix does."""
        lines = [
            f"StorePath: {self.path}",
            f"URL: {self.url}",
            f"Compression: {self.compression}",
            f"FileHash: {sha256(self.file_sha256)}",
            f"FileSize: {self.file_size}",
            f"NarHash: {sha256(self.nar_sha256)}",
            f"NarSize: {self.nar_size}",
            f"References: {' '.join(path.base for path in self.references)}",
            *(f"Sig: {signature}" for signature in self.signatures),
        ]
        if self.content_address is not None:
            lines.append(f"CA: {_CONTENT_ADDRESS}{nix32(self.content_address)}")
        return "".join(f"{line}\n" for line in lines)

    @property
    def fingerprint(self) -> str:
        """What is signed."""
        references = ",".join(map(str, self.references))
        return f"1;{self.path};{sha256(self.nar_sha256)};{self.nar_size};{references}"


def sha256(digest: bytes) -> str:
    """Spell a digest as Nix does."""
    return f"sha256:{nix32(digest)}"


def read_narinfo(text: str, *, where: str) -> NarInfo:
    """Read what Nix or we wrote.

    Raises:
        InputError: With every field that is missing or wrong.
    """
    fields: dict[str, list[str]] = {}
    for line in filter(None, text.split("\n")):
        key, _, value = line.partition(":")
        fields.setdefault(key, []).append(value.strip())
    problems = Problems()
    for key in _ONCE:
        if len(fields.get(key, [])) != 1:
            problems.add(
                f"{key} is there {len(fields.get(key, []))} times, not once", where=where
            )
    problems.raise_if_any(InputError)
    reader = _Fields({key: values[0] for key, values in fields.items()}, where, problems)
    content_address = fields.get("CA", [""])[0]
    known = content_address.startswith(_CONTENT_ADDRESS)
    found = NarInfo(
        path=reader.path("StorePath"),
        url=reader.url(),
        compression=reader.given["Compression"],
        file_sha256=reader.digest("FileHash"),
        file_size=reader.number("FileSize"),
        nar_sha256=reader.digest("NarHash"),
        nar_size=reader.number("NarSize"),
        references=reader.references(),
        content_address=reader.digest("CA", prefix=_CONTENT_ADDRESS) if known else None,
        signatures=tuple(fields.get("Sig", ())),
    )
    problems.raise_if_any(InputError)
    return found


@dataclass(frozen=True, slots=True)
class _Fields:
    """Values by key, each to be read as what it should be; what it is not is noted."""

    given: Mapping[str, str]
    where: str
    problems: Problems

    def path(self, key: str) -> StorePath:
        return self._path(self.given[key]) or self._none(key)

    def references(self) -> tuple[StorePath, ...]:
        bases = self.given["References"].split()
        return tuple(
            self._path(f"{STORE}/{base}") or self._none("References") for base in bases
        )

    def url(self) -> str:
        url = self.given["URL"]
        if not _URL.fullmatch(url):
            self._none("URL")
        return url

    def number(self, key: str) -> int:
        text = self.given[key]
        if re.fullmatch(r"[0-9]{1,18}", text):
            return int(text)
        self._none(key)
        return 0

    def digest(self, key: str, *, prefix: str = "sha256:") -> bytes:
        """Read a digest as Nix spells it; newer ones may be in hexadecimal or Base64."""
        text = self.given[key].removeprefix(prefix)
        digest = from_nix32(text, _DIGEST)
        if digest is None and re.fullmatch(r"[0-9a-f]{64}", text):
            digest = bytes.fromhex(text)
        if digest is None or text == self.given[key]:
            self._none(key)
        return digest or b""

    def _path(self, text: str) -> StorePath | None:
        return store_path(text)

    def _none(self, key: str) -> StorePath:
        self.problems.add(f"{key} is {self.given[key][:200]!r}", where=self.where)
        return StorePath(hash_part="", name="")
