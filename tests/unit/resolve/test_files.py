"""Which file of a package is chosen, and what is said when there is none."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.closure import FromSource
from repackage.errors import ResolveError
from repackage.lock import LockedFile
from repackage.resolve import resolve
from tests.unit.resolve.locks import (
    ARM,
    LINUX,
    Locks,
    a_wheel,
    app,
    edges,
    filenames,
    package,
    target,
)

SHA = "0" * 64


def chosen(locks: Locks, *tags: str, on: str = "3.12", platform: str = "") -> str:
    """The tag (and build) of the wheel that is chosen among these."""
    where = target(on, platform or "manylinux_2_28_x86_64")
    (name,) = filenames(locks.closure(app(edges("a")), package("a", tags=tags), on=where))
    return name.removeprefix("a-1.0-").removesuffix(".whl")


def test_the_most_specific_tag_wins(locks: Locks) -> None:
    plain, newer = "cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_28_x86_64"

    assert chosen(locks, "py3-none-any", plain, newer) == newer
    assert chosen(locks, "py3-none-any", plain, "cp312-cp312-manylinux_2_34_x86_64") == plain
    assert chosen(locks, "py3-none-any", "cp39-abi3-manylinux_2_17_x86_64").startswith("cp39")
    assert chosen(locks, "cp312-cp312-linux_x86_64", plain) == plain


def test_a_compressed_set_counts_as_its_best_member(locks: Locks) -> None:
    both = "cp312-cp312-manylinux_2_17_x86_64.manylinux_2_28_x86_64"

    assert chosen(locks, "cp312-cp312-manylinux_2_24_x86_64", both) == both
    assert chosen(locks, "py2.py3-none-any") == "py2.py3-none-any"


def test_of_equal_tags_the_highest_build_wins(locks: Locks) -> None:
    assert chosen(locks, "py3-none-any", "2-py3-none-any", "10-py3-none-any") == (
        "10-py3-none-any"
    )
    assert chosen(locks, "1-py3-none-any", "1b-py3-none-any") == "1b-py3-none-any"


def test_of_equal_wheels_the_first_wins(locks: Locks) -> None:
    first, second = "py3.py2-none-any", "py2.py3-none-any"

    assert chosen(locks, first, second) == first
    assert chosen(locks, second, first) == second


def test_a_variant_is_never_chosen(locks: Locks) -> None:
    assert chosen(locks, "py3-none-any-x86v3", "py3-none-any") == "py3-none-any"


def test_a_free_threaded_python_takes_its_own_wheels(locks: Locks) -> None:
    tags = ("cp313-cp313-manylinux_2_17_x86_64", "cp313-cp313t-manylinux_2_17_x86_64")

    assert chosen(locks, *tags, on="3.13t") == tags[1]
    assert chosen(locks, *tags, on="3.13") == tags[0]


def test_everything_that_fits_nowhere_is_reported_at_once(locks: Locks) -> None:
    parts = (
        app(edges("a", "b", "c")),
        package("a", tags=("cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-win_amd64")),
        package("b", tags=()),
        package("c"),
    )

    with pytest.raises(ResolveError) as caught:
        locks.closure(*parts, on=ARM)

    a, b = caught.value.problems
    assert a.what == (
        f"no wheel of a 1.0 fits {ARM.name}; there are wheels for"
        " cp312-cp312-manylinux_2_17_x86_64, cp312-cp312-win_amd64; required by app 1.0"
    )
    assert b.what == "b 1.0 has neither a wheel nor a source; required by app 1.0"
    assert a.where == f"{locks.directory / 'uv.lock'}: package[1]"
    assert "choose another target" in a.advice
    assert b.advice == "supply a wheel of it with --find-links"


def test_of_many_tags_those_of_the_machine_are_shown_first(locks: Locks) -> None:
    foreign = [f"cp3{minor}-cp3{minor}-win_amd64" for minor in range(10, 30)]

    with pytest.raises(
        ResolveError, match=r"wheels for cp39-cp39-manylinux_2_17_x86_64, cp310"
    ):
        locks.closure(
            app(edges("a")),
            package("a", tags=(*foreign, "cp39-cp39-manylinux_2_17_x86_64")),
        )


def test_a_wheel_at_hand_stands_in_for_one_that_no_index_has(locks: Locks) -> None:
    lock = locks.lock(app(edges("a")), package("a", tags=()))
    at_hand = {(canonicalize_name("a"), Version("1.0"))}

    closure = resolve(a_wheel(), lock, LINUX, supplied=at_hand)

    (pin,) = closure.pins
    assert pin.artifact == FromSource(name=pin.name, version=Version("1.0"))
    with pytest.raises(ResolveError):
        resolve(a_wheel(), lock, LINUX, supplied={(canonicalize_name("a"), Version("2.0"))})


def test_a_wheel_without_location_is_refused_once_it_is_needed(locks: Locks) -> None:
    body = "wheels = [{ path = 'a-1.0-py3-none-any.whl' }]"
    lost = package("a").replace(
        'wheels = [{ url = "https://files.example/a-1.0-py3-none-any.whl" }]', body
    )

    assert filenames(locks.closure(app(), lost)) == []
    with pytest.raises(ResolveError, match=r"a 1\.0 lists a wheel that has no location"):
        locks.closure(app(edges("a")), lost)


@pytest.mark.parametrize(
    ("source", "wheels"),
    [
        (
            "{ url = 'https://files.example/a-1.0-py3-none-any.whl' }",
            f"{{ url = 'https://files.example/a-1.0-py3-none-any.whl', hash = 'sha256:{SHA}' }}",
        ),
        (
            "{ path = 'a-1.0-py3-none-any.whl' }",
            f"{{ filename = 'a-1.0-py3-none-any.whl', hash = 'sha256:{SHA}' }}",
        ),
        ("{ registry = 'flat' }", "{ path = 'a-1.0-py3-none-any.whl' }"),
    ],
)
def test_a_wheel_from_anywhere_is_a_file_with_a_location(
    source: str, wheels: str, locks: Locks
) -> None:
    text = f"[[package]]\nname = 'a'\nversion = '1.0'\nsource = {source}\nwheels = [{wheels}]\n"

    (pin,) = locks.closure(app(edges("a")), text).pins

    assert isinstance(pin.artifact, LockedFile)
    assert pin.artifact.location is not None
