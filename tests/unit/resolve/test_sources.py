"""What is built from source, and what ``--no-binary`` and ``--only-binary`` make of it.

The cases, and which of them are refused, are uv's own: each was tried with it.
"""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.closure import FromSource
from repackage.errors import ResolveError, UsageError
from repackage.lock import LockedFile
from repackage.resolve import ALL, FileChoice, resolve
from tests.unit.resolve.locks import LINUX, Locks, a_wheel, app, edges

SHA = "0" * 64
INDEX = "{ registry = 'https://index.example/simple' }"
FILES = "https://files.example"
WHEEL = f"wheels = [{{ url = '{FILES}/a-1.0-py3-none-any.whl' }}]"
FOREIGN = f"wheels = [{{ url = '{FILES}/a-1.0-cp312-cp312-win_amd64.whl' }}]"
SDIST = f"sdist = {{ url = '{FILES}/a-1.0.tar.gz' }}"
HASHED = f"sdist = {{ hash = 'sha256:{SHA}' }}"
COMMIT = "a" * 40
NOTHING: tuple[str, ...] = ()
A = canonicalize_name("a")


def artifact(
    locks: Locks,
    source: str,
    *body: str,
    no_binary: tuple[str, ...] = NOTHING,
    only_binary: tuple[str, ...] = NOTHING,
    supplied: bool = False,
    members: str = "",
) -> LockedFile | FromSource:
    """What is chosen for a package "a" that the application requires."""
    text = "\n".join(
        (f"[[package]]\nname = 'a'\nversion = '1.0'\nsource = {source}", *body, "")
    )
    manifest = f"[manifest]\nmembers = [{members}]\n" if members else ""
    lock = locks.lock(manifest, app(edges("a")), text)
    files = FileChoice.of(no_binary, only_binary)
    at_hand = {(A, Version("1.0"))} if supplied else set()
    (pin,) = resolve(a_wheel(), lock, LINUX, files=files, supplied=at_hand).pins
    return pin.artifact


@pytest.mark.parametrize("body", [(SDIST,), (FOREIGN, SDIST)])
def test_without_a_wheel_that_fits_the_source_distribution_is_built(
    body: tuple[str, ...], locks: Locks
) -> None:
    found = artifact(locks, INDEX, *body)

    assert isinstance(found, FromSource)
    assert found.sdist is not None
    assert found.sdist.location == f"{FILES}/a-1.0.tar.gz"
    assert not found.must_build


def test_a_wheel_that_is_a_variant_only_leaves_the_source_distribution(locks: Locks) -> None:
    variant = f"wheels = [{{ url = '{FILES}/a-1.0-py3-none-any-x86v3.whl' }}]"

    assert isinstance(artifact(locks, INDEX, variant, SDIST), FromSource)
    with pytest.raises(ResolveError, match=r"wheels for py3-none-any \(a variant\)"):
        artifact(locks, INDEX, variant)


@pytest.mark.parametrize(
    ("source", "body", "filename"),
    [
        (f"{{ url = '{FILES}/a-1.0.tar.gz' }}", HASHED, "a-1.0.tar.gz"),
        (f"{{ url = '{FILES}/a%201.zip?x=.whl' }}", "", "a 1.zip"),
        ("{ path = 'lib/a-1.0.zip' }", HASHED, "a-1.0.zip"),
        ("{ path = 'lib/a-1.0.tar.gz' }", "", "a-1.0.tar.gz"),
        (
            f"{{ git = 'https://git.example/a?path=x%2Fa-1.0.tgz#{COMMIT}' }}",
            HASHED,
            "a-1.0.tgz",
        ),
    ],
)
def test_an_archive_from_anywhere_is_built(
    source: str, body: str, filename: str, locks: Locks
) -> None:
    found = artifact(locks, source, body)

    assert isinstance(found, FromSource)
    assert found.sdist is not None
    assert found.sdist.filename == filename
    assert (found.sdist.hash is not None) == bool(body)


@pytest.mark.parametrize(
    "source",
    [
        f"{{ git = 'https://git.example/a#{COMMIT}' }}",
        "{ directory = 'a' }",
        "{ editable = 'a' }",
    ],
)
def test_a_commit_and_a_source_tree_are_built_as_they_are(source: str, locks: Locks) -> None:
    assert artifact(locks, source) == FromSource(name=A, version=Version("1.0"))


def test_a_wheel_inside_a_repository_is_the_locked_file(locks: Locks) -> None:
    source = f"{{ git = 'https://git.example/a?path=x%2Fa-1.0-py3-none-any.whl#{COMMIT}' }}"
    wheels = f"wheels = [{{ filename = 'a-1.0-py3-none-any.whl', hash = 'sha256:{SHA}' }}]"

    found = artifact(locks, source, wheels)

    assert isinstance(found, LockedFile)
    assert found.filename == "a-1.0-py3-none-any.whl"
    assert found.location is None
    assert found.hash is not None


@pytest.mark.parametrize(
    ("source", "body", "message"),
    [
        (INDEX, "", "neither a wheel nor a source"),
        (f"{{ url = '{FILES}/a-1.0.tgz' }}", HASHED, "neither .tar.gz nor .zip"),
        (f"{{ url = '{FILES}/a-1.0.tar.bz2' }}", HASHED, "neither .tar.gz nor .zip"),
        (f"{{ url = '{FILES}/a' }}", HASHED, "'a' of a 1.0 is neither .tar.gz nor .zip"),
        ("{ path = 'a-1.0.tgz' }", HASHED, "neither .tar.gz nor .zip"),
        (INDEX, HASHED, "has no location"),
        (INDEX, "sdist = { path = 'a-1.0.tar.gz' }", "has no location"),
        (INDEX, f"sdist = {{ url = '{FILES}/a-1.0.whl' }}", "is no archive that is known"),
        (f"{{ url = '{FILES}/a-1.0-py3-none-any.whl' }}", "", "neither a wheel nor a source"),
        (
            "{ directory = 'a' }",
            "wheels = [{ filename = 'a-1.0-py3-none-any.whl' }]",
            "its source is a source tree",
        ),
        (
            f"{{ git = 'https://git.example/a#{COMMIT}' }}",
            "wheels = [{ filename = 'a-1.0-py3-none-any.whl' }]",
            "its source is a source tree",
        ),
    ],
)
def test_what_can_be_neither_installed_nor_built_is_refused(
    source: str, body: str, message: str, locks: Locks
) -> None:
    with pytest.raises(ResolveError, match=message):
        artifact(locks, source, body)


@pytest.mark.parametrize("suffix", [".tgz", ".tar.bz2", ".tar.xz", ".zip"])
def test_an_index_may_have_source_distributions_of_any_age(suffix: str, locks: Locks) -> None:
    found = artifact(locks, INDEX, f"sdist = {{ url = '{FILES}/a-1.0{suffix}' }}")

    assert isinstance(found, FromSource)


def test_no_binary_builds_what_has_a_wheel_that_fits(locks: Locks) -> None:
    found = artifact(locks, INDEX, WHEEL, SDIST, no_binary=("A",), supplied=True)

    assert isinstance(found, FromSource)
    assert found.must_build


def test_a_given_wheel_is_no_answer_to_no_binary(locks: Locks) -> None:
    with pytest.raises(ResolveError, match=r"a 1\.0 has no source distribution"):
        artifact(locks, INDEX, WHEEL, no_binary=("a",), supplied=True)


def test_a_given_wheel_is_an_answer_to_only_binary(locks: Locks) -> None:
    found = artifact(locks, INDEX, SDIST, only_binary=("a",), supplied=True)

    assert found == FromSource(name=A, version=Version("1.0"))


def test_a_given_wheel_makes_a_source_that_cannot_be_built_unimportant(locks: Locks) -> None:
    source = f"{{ url = '{FILES}/a-1.0.tgz' }}"

    assert isinstance(artifact(locks, source, HASHED, supplied=True), FromSource)


WHEEL_URL = f"{{ url = '{FILES}/a-1.0-py3-none-any.whl' }}"
WHEEL_FILE = f"wheels = [{{ url = '{FILES}/a-1.0-py3-none-any.whl', hash = 'sha256:{SHA}' }}]"


@pytest.mark.parametrize(
    ("source", "body", "no_binary", "only_binary", "message"),
    [
        (INDEX, WHEEL, ("a",), (), "no source distribution, and no-binary refuses its wheels"),
        (INDEX, f"{WHEEL}\n{SDIST}", ("a",), ("a",), "as a wheel by no-binary, and as source"),
        (INDEX, f"{WHEEL}\n{SDIST}", (ALL,), (ALL,), "as a wheel by no-binary, and as source"),
        (INDEX, SDIST, (), ("a",), "a 1.0 has no wheel, and only-binary refuses to build it"),
        (INDEX, SDIST, (), (ALL,), "only-binary refuses to build it"),
        (
            INDEX,
            f"{FOREIGN}\n{SDIST}",
            (),
            ("a",),
            "there are wheels for cp312-cp312-win_amd64, and only-binary refuses",
        ),
        (WHEEL_URL, WHEEL_FILE, ("a",), (), "locked as a wheel, and no-binary refuses"),
        (WHEEL_URL, WHEEL_FILE, ("a",), ("a",), "as a wheel by no-binary, and as source"),
        ("{ directory = 'a' }", "", (), ("a",), "only-binary refuses to build it"),
        (
            f"{{ git = 'https://git.example/a#{COMMIT}' }}",
            "",
            (),
            ("a",),
            "only-binary refuses to build it",
        ),
    ],
)
def test_what_is_refused_by_choice_is_said_to_be(
    source: str,
    body: str,
    no_binary: tuple[str, ...],
    only_binary: tuple[str, ...],
    message: str,
    locks: Locks,
) -> None:
    with pytest.raises(ResolveError, match=message) as caught:
        artifact(locks, source, body, no_binary=no_binary, only_binary=only_binary)

    (problem,) = caught.value.problems
    assert problem.what.endswith("required by app 1.0")
    assert problem.advice


@pytest.mark.parametrize("kind", ["directory", "editable"])
def test_members_are_built_whatever_is_refused(kind: str, locks: Locks) -> None:
    found = artifact(locks, f"{{ {kind} = 'a' }}", only_binary=(ALL,), members="'app', 'a'")

    assert isinstance(found, FromSource)


def test_a_name_on_one_side_is_excepted_from_all_on_the_other(locks: Locks) -> None:
    both = (INDEX, WHEEL, SDIST)

    assert isinstance(artifact(locks, *both, no_binary=(ALL,), only_binary=("a",)), LockedFile)
    assert isinstance(artifact(locks, *both, no_binary=("a",), only_binary=(ALL,)), FromSource)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ((), frozenset()),
        (("A.b", "c,d"), frozenset({"a-b", "c", "d"})),
        (("a", ":all:"), ALL),
        ((":all:", "a"), ALL),
        ((":all:", ":none:"), frozenset()),
        (("a,:none:,b",), frozenset({"b"})),
    ],
)
def test_names_are_spelt_as_for_pip(said: tuple[str, ...], names: object) -> None:
    assert FileChoice.of(no_binary=said).no_binary == names
    assert FileChoice.of(only_binary=said).only_binary == names


def test_all_names_that_are_none_are_reported_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        FileChoice.of(("-", "a"), ("", ":al:"))

    assert [(each.where, each.what) for each in caught.value.problems] == [
        ("no-binary", "'-' is not the name of a distribution"),
        ("only-binary", "'' is not the name of a distribution"),
        ("only-binary", "':al:' is not the name of a distribution"),
    ]


def test_a_name_that_the_lock_does_not_have_is_remarked_on(locks: Locks) -> None:
    lock = locks.lock(app())
    files = FileChoice.of(("app", "spp"), ("elsewhere",))

    assert resolve(a_wheel(), lock, LINUX, files=files).notes == (
        "no-binary names 'spp', which the lock does not have; did you mean 'app'?",
        "only-binary names 'elsewhere', which the lock does not have",
    )
