"""Several who sign the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import Problems, SigningError
from repackage.signing._openpgp import read_signatures

if TYPE_CHECKING:
    from repackage.signing._gpg_signer import GpgSigner


@dataclass(frozen=True, kw_only=True, slots=True)
class Several:
    """Signs with one key after another."""

    signers: tuple[GpgSigner, ...]

    def sign(self, data: bytes, *, date: int) -> bytes:
        """Have every key sign; if some cannot, say so of all of them."""
        found, problems = bytearray(), Problems()
        for signer in self.signers:
            try:
                found += signer.sign(data, date=date)
            except SigningError as error:  # noqa: PERF203 - all are asked
                problems.extend(error.problems)
        problems.raise_if_any(SigningError)
        return bytes(found)

    def verify(self, data: bytes, signature: bytes) -> None:
        """Verify a signature by the key that it names."""
        (claimed,) = read_signatures(signature)
        for signer in self.signers:
            if signer.key.fingerprint == claimed.fingerprint:
                signer.verify(data, signature)
                return
        raise SigningError.of("the signature is of none of the keys that sign")
