from __future__ import annotations

import pytest

from repackage.errors import StageError
from repackage.stage import add
from repackage.tree import Directory, File, Symlink, Tree, inline_file

EPOCH = 1_700_000_000
OLDER = 1_600_000_000
OLDEST = 315_532_800
PATH = "usr/share/repackage/app/ledger.json"


def tree(*, origin: str = "app", mtime: int = OLDER) -> Tree:
    """One manual page, with the directories above it."""
    return Tree.of(
        [
            *(
                Directory(path=path, mtime=mtime, origin=origin)
                for path in ("usr", "usr/share", "usr/share/man")
            ),
            inline_file("usr/share/man/app.1", b"", mtime=mtime, origin=origin),
        ]
    )


def date(made: Tree, path: str) -> int:
    entry = made.get(path)
    assert entry is not None
    return entry.mtime


def test_what_is_added_belongs_to_the_package_itself() -> None:
    file = add(tree(), PATH, b"{}", epoch=EPOCH).get(PATH)

    assert isinstance(file, File)
    assert (file.mode, file.mtime, file.origin, file.size) == (0o644, EPOCH, "", 2)


def test_directories_have_the_dates_that_staging_gives_them() -> None:
    made = add(tree(), PATH, b"", epoch=EPOCH)

    assert date(made, "usr/share/man") == OLDER
    assert date(made, "usr/share") == OLDEST  # of several: of the package and of app
    assert date(made, "usr/share/repackage") == EPOCH
    assert not made.get("usr/share").origin  # type: ignore[union-attr]  # it is there


def test_a_directory_of_the_package_itself_keeps_its_date() -> None:
    made = add(tree(origin="", mtime=EPOCH), PATH, b"", epoch=EPOCH)

    assert date(made, "usr/share") == EPOCH


def test_an_epoch_before_1980_is_held() -> None:
    assert date(add(tree(), PATH, b"", epoch=0), PATH) == OLDEST


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (inline_file(PATH, b"", mtime=0, origin="greet"), "greet has an entry"),
        (inline_file("usr/share/repackage", b"", mtime=0, origin="greet"), "greet has an"),
        (Symlink(path="usr/share/repackage", target="x", mtime=0), "the package has an"),
    ],
)
def test_a_place_that_is_taken_is_refused(taken: File | Symlink, said: str) -> None:
    above = [
        Directory(path=path, mtime=0)
        for path in ("usr", "usr/share", "usr/share/repackage", "usr/share/repackage/app")
        if path != taken.path and taken.path.startswith(path)
    ]
    with pytest.raises(StageError, match=said) as caught:
        add(Tree.of([*above, taken]), PATH, b"", epoch=EPOCH)

    assert caught.value.problems[0].where == taken.path
