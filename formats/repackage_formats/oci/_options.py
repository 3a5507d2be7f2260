"""What a user may decide about an image: ``[tool.repackage.oci]``, ``-C``, the docs table."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - options are resolved at run time
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Options of the format ``oci``."""

    base: str = ""
    """The image that this one is based on, and that brings the interpreter: ``oci:DIRECTORY`` or ``oci:DIRECTORY:NAME``, ``oci-archive:FILE``, ``docker-archive:FILE``, the path of such a one, or a registry's image by digest, as ``registry.example/python@sha256:…``. ``scratch`` is none: nothing is in the image but the application, and the interpreter if one is bundled."""
    interpreter: str = ""
    """Tar archive, compressed or not, of a Python that runs anywhere, to be bundled: python-build-standalone's ``install_only`` archives are such. It lies in ``/opt/python``."""
    python: str = ""
    """Absolute path of the interpreter in the image. Default: that of the bundled one, else the target's."""
    prefix: str = "/app"
    """Where the application lies: its commands in ``bin``, modules in ``lib``."""
    output: Literal["archive", "directory"] = "archive"
    """``archive``: one file that podman, skopeo and ``docker load`` read. ``directory``: an OCI layout."""
    compression: Literal["gz", "zst", "none"] = "gz"
    """How layers are compressed. ``gz`` is read by everything; ``zst`` by what is younger, and then there is no part for ``docker load`` of old."""
    level: int | None = None
    """How hard: 1 to 9 for gz, 1 to 19 for zst. Default: 6 and 3; with ``gz``, a level that is asked for is one for all data, so that nothing is copied."""
    recompress: bool = False
    """With ``gz``, compress anew, at level 9 unless ``level`` says otherwise, what wheels hold compressed: slower, and usually smaller. Other codecs always do."""
    layers: int = 20
    """How many layers there may be on top of the base. Large dependencies have one each, as far as it goes."""
    name: str = ""
    """Name of the image, as ``registry.example/team/app``. Default: the normalised name of the wheel, which podman and containerd have below ``localhost``."""
    tags: tuple[str, ...] = ()
    """Tags of the image. Default: the version; what comes after a ``+`` in it, after a ``-``."""
    entrypoint: tuple[str, ...] | None = None
    """Command that is run, word by word. Default: the command that the wheel brings; of several, the one that is called like the package."""
    command: tuple[str, ...] = ()
    """Arguments of the entry point that whoever runs the image may replace."""
    user: str = "65532:65532"
    """Who runs it: a user and a group, numbers or names of the base."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables, beside those of the base."""
    ports: tuple[str, ...] = ()
    """Ports that it listens on: ``8080``, ``53/udp``."""
    volumes: tuple[str, ...] = ()
    """Absolute paths where data are to be mounted."""
    working_directory: str = ""
    """Absolute path that it starts in. Default: the base's, else ``/``."""
    stop_signal: str = "SIGTERM"
    """The signal that asks it to end."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels, beside those that are told from the wheel; an empty one takes such a one away. They are annotations, too."""
    annotations: Mapping[str, str] = field(default_factory=dict)
    """Annotations of manifest and index that are no labels."""

    def __post_init__(self) -> None:
        """Refuse what an image cannot say, all at once."""
        from repackage_formats.oci._validation import validate  # it knows this class

        validate(self)
