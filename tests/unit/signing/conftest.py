from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.keys import Keyring, keyring

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def keys() -> Iterator[Keyring]:
    """Keys of this run's own; each test makes those that it needs."""
    with keyring() as made:
        yield made


@pytest.fixture(scope="session")
def locked_key(keys: Keyring) -> str:
    """A key with a passphrase; it takes seconds to lock one."""
    return keys.make("locked", passphrase="correct horse")


@pytest.fixture
def home(keys: Keyring, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """The same, where gpg looks for the user's keys."""
    monkeypatch.setenv("GNUPGHOME", str(keys.home))
    monkeypatch.delenv("REPACKAGE_SIGN_PASSPHRASE", raising=False)
    monkeypatch.delenv("REPACKAGE_SIGN_PASSPHRASE_FILE", raising=False)
    return keys
