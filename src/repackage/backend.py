"""Hooks in the manner of PEP 517: ``build_<format>`` for each format that is installed.

::

    name = repackage.backend.build_deb("dist/app.whl", "uv.lock", "release")

Each takes a wheel, a lock, an output directory and ``config_settings``, and returns the
base name of what it wrote to that directory. Settings are strings, or lists of strings
for arrays: ``target`` and the other keys of ``[tool.repackage]``, and
``<format>.<key>`` for the options of a format.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import os

    from repackage.config import Settings

PREFIX = "build_"


class Hook(Protocol):
    """Builds one format."""

    def __call__(
        self,
        wheel: str | os.PathLike[str],
        lock: str | os.PathLike[str],
        out_dir: str | os.PathLike[str],
        config_settings: Settings | None = None,
    ) -> str:
        """Write the artifact to a directory, and return its base name."""


def __getattr__(name: str) -> Hook:
    from repackage import registry  # lazily

    format_name = name.removeprefix(PREFIX)
    if not name.startswith(PREFIX) or format_name not in registry.formats():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _hook(format_name)


def __dir__() -> list[str]:
    from repackage import registry  # lazily

    return sorted([*globals(), *(f"{PREFIX}{name}" for name in registry.formats())])


def _hook(format_name: str) -> Hook:
    """Make the hook of a format."""

    def build_format(
        wheel: str | os.PathLike[str],
        lock: str | os.PathLike[str],
        out_dir: str | os.PathLike[str],
        config_settings: Settings | None = None,
    ) -> str:
        from repackage import registry
        from repackage.build import Asked, build, environment_epoch, request_of
        from repackage.errors import UsageError
        from repackage.format import ServesSeveral

        asked = Asked(
            wheel=Path(wheel),
            lock=Path(lock),
            flags={"formats": (format_name,), "out-dir": str(Path(out_dir))},
            settings=config_settings or {},
            epoch=environment_epoch(),
        )
        request = request_of(asked)
        if request.also and not isinstance(registry.load(format_name), ServesSeveral):
            raise UsageError.of(
                f"{len(request.targets)} targets are given, and a hook makes one artifact",
                where="target",
                advice="call it for each of them",
            )
        (artifact,) = build(request)
        return artifact.basename

    build_format.__name__ = build_format.__qualname__ = f"{PREFIX}{format_name}"
    build_format.__doc__ = f"Write an artifact of the format {format_name}."
    return build_format
