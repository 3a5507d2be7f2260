"""Deterministic archive writers and careful readers, public, for formats.

A writer takes entries of a :class:`~repackage.tree.Tree` and anything with a ``write``;
it never looks at a clock, a user, a umask or a locale, and never holds a whole payload.
They nest::

    with out.open("xb") as file, compressor(file, "xz", jobs=plan.jobs) as payload:
        with TarWriter(payload) as tar:
            for entry in tree:
                tar.add(entry)

An exception leaves the archive unfinished: the core removes the scratch file.
"""

from repackage.archive._ar import ArWriter
from repackage.archive._codec import (
    CODECS,
    DEFAULT_LEVELS,
    LEVELS,
    Codec,
    codec_versions,
    compressor,
    decompressor,
    detect_codec,
)
from repackage.archive._header import tar_end, tar_header, tar_padding
from repackage.archive._intake import Claim, Intake
from repackage.archive._reading import HardLink, Located, locate_tar, read_layer, read_tar
from repackage.archive._stream import Writable
from repackage.archive._tar import TarWriter

__all__ = [
    "CODECS",
    "DEFAULT_LEVELS",
    "LEVELS",
    "ArWriter",
    "Claim",
    "Codec",
    "HardLink",
    "Intake",
    "Located",
    "TarWriter",
    "Writable",
    "codec_versions",
    "compressor",
    "decompressor",
    "detect_codec",
    "locate_tar",
    "read_layer",
    "read_tar",
    "tar_end",
    "tar_header",
    "tar_padding",
]
