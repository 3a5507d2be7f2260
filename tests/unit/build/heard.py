"""Events that are remembered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Heard:
    """Events, as a list."""

    said: list[str]

    def step(self, what: str) -> None:
        self.said.append(f"step {what}")

    def note(self, what: str) -> None:
        self.said.append(f"note {what}")

    def warn(self, what: str) -> None:
        self.said.append(f"warn {what}")

    def start(self, name: str, total: int | None) -> None:
        del name, total

    def advance(self, name: str, count: int) -> None:
        del name, count

    def finish(self, name: str) -> None:
        del name
