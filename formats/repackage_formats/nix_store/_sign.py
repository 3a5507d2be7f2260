"""Signatures of a binary cache: Ed25519, by the keys that Nix makes itself."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from repackage.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

#: Names the file of the key where no option does.
VARIABLE = "REPACKAGE_NIX_SECRET_KEY_FILE"
_HALF = 32
_LONGEST = 4096
_LINE = re.compile(r"([^\s:]+):([0-9A-Za-z+/]+=*)\s*", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretKey:
    """A key as ``nix-store --generate-binary-cache-key`` writes it."""

    name: str
    seed: bytes = field(repr=False)
    public: bytes

    def sign(self, message: str) -> str:
        """Sign, always with the same result, and verify that before it is used.

        Raises:
            ConfigError: The library is not installed, or the key cannot sign.
        """
        try:
            from cryptography.exceptions import InvalidSignature  # an extra
            from cryptography.hazmat.primitives.asymmetric import ed25519
        except ImportError as error:
            raise ConfigError.of(
                "a binary cache is signed with the library 'cryptography', which is not"
                " installed",
                advice="pip install 'repackage[nix]'",
            ) from error
        signature = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed).sign(
            message.encode()
        )
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(
                signature, message.encode()
            )
        except InvalidSignature as error:
            raise ConfigError.of(
                f"the halves of the key {self.name!r} do not belong together",
                advice="nix-store --generate-binary-cache-key makes another",
            ) from error
        return f"{self.name}:{base64.b64encode(signature).decode()}"


def read_key(path: Path) -> SecretKey:
    """Read a secret key; nothing of it is shown, whatever is wrong.

    Raises:
        ConfigError: There is none, or it is not one.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST).decode("ascii", "replace")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError.of(
            f"the secret key cannot be read: {reason}", where=str(path)
        ) from error
    found = _LINE.fullmatch(text)
    halves = _decoded(found[2]) if found else b""
    if found is None or len(halves) != 2 * _HALF:
        raise ConfigError.of(
            "it is no secret key of Nix",
            where=str(path),
            advice="nix-store --generate-binary-cache-key NAME SECRET PUBLIC makes one",
        )
    return SecretKey(name=found[1], seed=halves[:_HALF], public=halves[_HALF:])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
