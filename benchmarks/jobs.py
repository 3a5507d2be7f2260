"""What is measured: for each job the ways to do it, repackage's first, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchmarks import peers, product
from benchmarks.product import Build, again, app_changed, first, sides

if TYPE_CHECKING:
    from benchmarks.measuring import Side

TOGETHER, ALONE = "four in one run", "four runs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Sides that make the same."""

    name: str
    sides: tuple[Side, ...]
    peer: str
    """The side that ratios are of."""
    corpora: str = "SM"
    """For which corpora it is done unless it is asked for by name."""
    slow: bool = False
    """A minute and more for each side: a third of the rounds is enough."""


def jobs() -> tuple[Job, ...]:
    """All there are, in the order in which they are done."""
    return (*_debs(), *_rpms(), *_others(), _formats(), _start())


def _debs() -> tuple[Job, ...]:
    gz, zst, xz = (_deb(f"deb.compression={name}") for name in ("gz", "zst", "xz"))
    fifth = _deb("deb.compression=zst", "deb.level=5")
    every = (first, again, app_changed)
    return (
        Job(
            name="deb gz",
            sides=(
                *sides(gz, *every),
                _recompressed(gz, "deb"),
                *(peers.nfpm("deb", "gzip"), peers.dpkg_deb("gzip"), peers.copied()),
            ),
            peer="uv + nfpm",
            corpora="SML",
        ),
        Job(
            name="deb zst",
            sides=(
                *sides(zst, *every),
                *(peers.nfpm("deb", "zstd"), peers.dpkg_deb("zstd", 3), peers.copied()),
            ),
            peer="uv + nfpm",
            corpora="SML",
        ),
        Job(
            name="deb zst:5",
            sides=(*sides(fifth, first, again), peers.nfpm("deb", "zstd")),
            peer="uv + nfpm",
        ),
        Job(
            name="deb xz",
            sides=(
                *sides(xz, *every),
                *(peers.nfpm("deb", "xz"), peers.dpkg_deb("xz"), peers.copied()),
            ),
            peer="uv + nfpm",
            slow=True,
        ),
    )


def _rpms() -> tuple[Job, ...]:
    return tuple(
        Job(
            name=f"rpm {codec}:{level}",
            sides=(
                *sides(_rpm(codec, level), first, again, app_changed),
                *(peers.nfpm("rpm", f"{codec}:{level}"), peers.rpmbuild(codec, level)),
            ),
            peer="uv + nfpm",
            corpora="SML" if (codec, level) == ("zstd", 3) else "SM",
        )
        for codec, level in (("zstd", 3), ("zstd", 9), ("gzip", 6))
    )


def _others() -> tuple[Job, ...]:
    zipped = Build(
        formats=("zip",), settings=("zip.kind=flat",), target="debian-12", pattern="*.zip"
    )
    image = Build(formats=("oci",), settings=("oci.base=scratch",), pattern="*.oci.tar")
    return (
        Job(
            name="zip",
            sides=(
                *sides(zipped, first, again, app_changed),
                *(_recompressed(zipped, "zip"), peers.zipped(), peers.copied()),
            ),
            peer="uv + zip",
            corpora="SML",
        ),
        Job(
            name="oci gz",
            sides=(*sides(image, first, again, app_changed), peers.umoci()),
            peer="uv + umoci",
        ),
    )


def _formats() -> Job:
    settings = {
        "deb": ("deb.compression=zst",),
        "rpm": ("rpm.compression=zstd",),
        "oci": ("oci.base=scratch",),
        "zip": ("zip.kind=flat",),
    }
    alone = tuple(
        Build(formats=(name,), settings=given, pattern="service*")
        for name, given in settings.items()
    )
    together = Build(
        formats=tuple(settings),
        settings=tuple(each for given in settings.values() for each in given),
        pattern="service*",
    )
    return Job(
        name="four formats",
        sides=(
            first(together, name=f"{TOGETHER}, first"),
            product.one_by_one(alone, keep=False, name=f"{ALONE}, first"),
            again(together, name=f"{TOGETHER}, again"),
            product.one_by_one(alone, keep=True, name=f"{ALONE}, again"),
        ),
        peer=f"{ALONE}, first",
    )


def _start() -> Job:
    return Job(name="start", sides=product.starting(), peer="bare python")


def _deb(*settings: str) -> Build:
    return Build(formats=("deb",), settings=settings, pattern="*.deb")


def _rpm(codec: str, level: int) -> Build:
    return Build(
        formats=("rpm",),
        settings=(f"rpm.compression={codec}", f"rpm.level={level}"),
        target="el9",
        options=("--python", "3.11"),
        pattern="*.rpm",
    )


def _recompressed(build: Build, format_: str) -> Side:
    """Have wheels' deflate data compressed again, for the smallest output, in a first build."""
    anew = replace(build, settings=(*build.settings, f"{format_}.recompress=true"))
    return first(anew, name=product.RECOMPRESSED)
