"""Which key signs: of those that gpg lists, the one that it would choose.

Listings are as GnuPG's doc/DETAILS says, "Format of the colon listings".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from repackage.errors import SigningError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.signing._gpg import Gpg

_PRIMARY, _SUBKEY = ("sec", "pub"), ("ssb", "sub")
#: Validity of keys that cannot be used, in words.
_UNUSABLE: Final = {
    "r": "is revoked",
    "e": "has expired",
    "d": "is disabled",
    "i": "is invalid",
}
#: Types of signatures by which an owner vouches for names and subkeys (RFC 9580, section 5.2.1).
_OWN: Final = ("10", "11", "12", "13", "18", "1f")


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A key, or a subkey of one, with its secret half or a stub of that."""

    fingerprint: str
    primary: str
    """Fingerprint of the key that it belongs to; its own, if it is that."""
    created: int
    validity: str
    capabilities: str
    here: bool
    """Whether it can be used: its secret half is here, or on a card."""

    @property
    def signs(self) -> bool:
        """Whether it is for signatures."""
        return "s" in self.capabilities


def chosen_key(gpg: Gpg, name: str) -> Key:
    """Choose the key that is meant: by a fingerprint, a key id, or a part of a user id.

    With ``!`` behind it, it is that key or subkey and no other; without, the newest subkey
    that can sign, else the key itself.

    Raises:
        SigningError: There is none, there are several, or it cannot sign.
    """
    exact = name.endswith("!")
    keys = tuple(_listed(gpg, name.removesuffix("!")))
    owners = dict.fromkeys(key.primary for key in keys)
    if not owners:
        raise SigningError.of(
            "there is no such secret key",
            where=name,
            advice="'gpg --list-secret-keys' lists those that there are, in GNUPGHOME or your"
            " home",
        )
    if len(owners) > 1:
        raise SigningError.of(
            "several keys are called so",
            where=name,
            advice=f"choose one of {', '.join(owners)}",
        )
    if exact:
        asked = name.removesuffix("!").removeprefix("0x").replace(" ", "").upper()
        keys = tuple(key for key in keys if key.fingerprint.endswith(asked))
        if not keys:
            raise SigningError.of("'!' is for fingerprints and key ids only", where=name)
    usable = [key for key in keys if key.signs and key.here and key.validity not in _UNUSABLE]
    if not usable:
        raise _unusable(keys, name)
    return max(usable, key=lambda key: (key.fingerprint != key.primary, key.created))


def vouched_since(gpg: Gpg, key: Key) -> int:
    """When the owner has last said that the key is theirs, and is for signing.

    What is signed before that is nobody's to verifiers that know the key as it is now.
    """
    said = gpg.run(
        "--with-colons", "--fixed-list-mode", "--with-subkey-fingerprint",
        "--list-sigs", "--", key.primary,
    )  # fmt: skip
    dates, current = [key.created], key.primary
    for fields in _records(said.output):
        if fields[0] in _SUBKEY:
            current = ""
        elif fields[0] == "fpr":
            current = current or fields[9]
        elif fields[0] == "sig" and current in (key.primary, key.fingerprint):
            own = fields[4] == key.primary[-16:] and fields[10][:2] in _OWN
            dates.append(int(fields[5] or 0) if own else 0)
    return max(dates)


def _listed(gpg: Gpg, name: str) -> Iterator[Key]:
    """List secret keys, each with its subkeys."""
    said = gpg.run(
        "--with-colons", "--fixed-list-mode", "--with-subkey-fingerprint",
        "--list-secret-keys", "--", name,
    )  # fmt: skip
    primary, pending = "", [""]
    for fields in _records(said.output):
        if fields[0] in (*_PRIMARY, *_SUBKEY):
            pending = fields
        elif fields[0] == "fpr" and pending[0]:
            primary = fields[9] if pending[0] in _PRIMARY else primary
            yield Key(
                fingerprint=fields[9],
                primary=primary,
                created=int(pending[5] or 0),
                validity=pending[1],
                capabilities=pending[11],
                here=pending[14] != "#",
            )
            pending = [""]


def _records(output: bytes) -> Iterator[list[str]]:
    """Split the listing; fields that a line does not have are empty."""
    for line in output.decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        yield [*fields, *[""] * (20 - len(fields))]


def _unusable(keys: tuple[Key, ...], name: str) -> SigningError:
    """Say why none of the keys can sign."""
    signing = [key for key in keys if key.signs]
    reasons = [_UNUSABLE.get(key.validity, "is not on this machine") for key in signing]
    if not reasons:
        return SigningError.of(
            "the key is not for signing",
            where=name,
            advice="add a subkey that is: 'gpg --quick-add-key FINGERPRINT rsa4096 sign'",
        )
    return SigningError.of(
        "; ".join(
            f"{key.fingerprint} {reason}" for key, reason in zip(signing, reasons, strict=True)
        ),
        where=name,
        advice="sign with another key, or renew it: 'gpg --quick-set-expire'",
    )
