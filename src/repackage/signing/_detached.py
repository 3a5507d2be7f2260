"""A signature of bytes, made by whoever signs and checked before anybody relies on it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.errors import Problems, SigningError
from repackage.signing._openpgp import read_signatures, refuse_weak
from repackage.signing._protocol import Verifies

if TYPE_CHECKING:
    from repackage.signing._openpgp import Signature
    from repackage.signing._protocol import Signer


def sign_detached(data: bytes, signer: Signer, *, date: int) -> tuple[Signature, ...]:
    """Have bytes signed with OpenPGP, and refuse what is no good signature of them.

    A signer that can tell verifies each signature; of another it is only known that it
    is well-formed and strong. See :class:`Checked`.

    Raises:
        SigningError: It cannot be signed, or what was returned is no signature of it.
    """
    found = read_signatures(signer.sign(data, date=date))
    problems = Problems()
    for signature in found:
        try:
            refuse_weak(signature)
            _refuse_future(signature)
            if isinstance(signer, Verifies):
                signer.verify(data, signature.packet)
        except SigningError as error:  # noqa: PERF203 - all are looked at
            where = f"signature of {signature.fingerprint or signature.key_id or 'nobody'}"
            problems.extend(replace(each, where=each.where or where) for each in error.problems)
    problems.raise_if_any(SigningError)
    return found


def _refuse_future(signature: Signature) -> None:
    """Refuse a date that has not come: rpm 6 does, and no machine installs the package."""
    if signature.created > time.time():
        raise SigningError.of(
            "the signature is dated in the future",
            advice="set SOURCE_DATE_EPOCH to a date in the past, or the clock right",
        )
