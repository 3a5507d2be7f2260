"""Signing: somebody else has the key, and what they return is looked at.

A :class:`Signer` is anything that signs bytes: a key in gpg's agent, a command in front of a
key service, a function of yours. A format says what is signed, and where signatures go;
:func:`sign_detached` is how it has OpenPGP signatures made and verified.
"""

from repackage.signing._command import Checked, CommandSigner
from repackage.signing._detached import sign_detached
from repackage.signing._gpg_signer import GpgSigner
from repackage.signing._openpgp import Signature, read_signatures
from repackage.signing._options import SETTINGS, SigningOptions, split_signing
from repackage.signing._protocol import Signer, Verifies
from repackage.signing._several import Several

__all__ = [
    "SETTINGS",
    "Checked",
    "CommandSigner",
    "GpgSigner",
    "Several",
    "Signature",
    "Signer",
    "SigningOptions",
    "Verifies",
    "read_signatures",
    "sign_detached",
    "split_signing",
]
