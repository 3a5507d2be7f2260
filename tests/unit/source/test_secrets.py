"""What builds wheels, and what installs its requirements, sees no passphrase."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from repackage.source import BuildSettings
from repackage.source._environment import Environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pytest


@dataclass
class Spy:
    """Runs nothing, and remembers what it would have seen."""

    seen: list[Mapping[str, str]] = field(default_factory=list)

    def run(self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> None:
        del command, cwd
        self.seen.append(environment)


def test_a_passphrase_for_signing_is_for_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPACKAGE_SIGN_PASSPHRASE", "secret")
    monkeypatch.setenv("REPACKAGE_SIGN_PASSPHRASE_FILE", "/run/secret")
    spy: Any = Spy()
    interpreter: Any = None
    environment = Environment(
        path=tmp_path / "env",
        interpreter=interpreter,
        runner=spy,
        settings=BuildSettings(),
        epoch=0,
    )
    environment.install(["hatchling"])

    assert spy.seen
    for seen in (*spy.seen, environment.variables()):
        assert not [name for name in seen if name.startswith("REPACKAGE_SIGN")]
