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

from repackage.archive._ahead import reading_ahead
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
from repackage.archive._copied import ContentWriter, Copying, Overheard
from repackage.archive._header import tar_end, tar_header, tar_padding
from repackage.archive._intake import Claim, Intake
from repackage.archive._kept import distrust, proof_of, trust
from repackage.archive._locating import Located, locate_tar
from repackage.archive._logged import Parse, read_stretches
from repackage.archive._nar import NarWriter, nar_number, nar_order, nar_token
from repackage.archive._nar_reading import nar_read_number, nar_read_token, read_nar
from repackage.archive._noted import find_noted, keep_noted
from repackage.archive._pieced import Archive, Compression, write_in_order, write_shares
from repackage.archive._pieced_tar import TarArchive, write_tar
from repackage.archive._reading import HardLink, read_layer, read_tar, read_tar_part
from repackage.archive._stream import Writable
from repackage.archive._tar import TarWriter
from repackage.archive._zip import ZipWriter
from repackage.archive._zip_read import describe_zip, read_zip
from repackage.archive._zip_vouched import note_copied, read_zip_vouched

__all__ = [
    "CODECS",
    "DEFAULT_LEVELS",
    "LEVELS",
    "ArWriter",
    "Archive",
    "Claim",
    "Codec",
    "Compression",
    "ContentWriter",
    "Copying",
    "HardLink",
    "Intake",
    "Located",
    "NarWriter",
    "Overheard",
    "Parse",
    "TarArchive",
    "TarWriter",
    "Writable",
    "ZipWriter",
    "codec_versions",
    "compressor",
    "decompressor",
    "describe_zip",
    "detect_codec",
    "distrust",
    "find_noted",
    "keep_noted",
    "locate_tar",
    "nar_number",
    "nar_order",
    "nar_read_number",
    "nar_read_token",
    "nar_token",
    "note_copied",
    "proof_of",
    "read_layer",
    "read_nar",
    "read_stretches",
    "read_tar",
    "read_tar_part",
    "read_zip",
    "read_zip_vouched",
    "reading_ahead",
    "tar_end",
    "tar_header",
    "tar_padding",
    "trust",
    "write_in_order",
    "write_shares",
    "write_tar",
]
