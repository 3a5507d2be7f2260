from __future__ import annotations

from dataclasses import replace

import pytest

from repackage.ledger import LARGEST, Ledger, find_ledgers, is_ledger, to_json
from repackage.tree import Entry, Symlink, inline_file
from tests.unit.ledger.examples import example

PATH = "usr/share/repackage/app/ledger.json"


def there(ledger: Ledger, *, base: str = "", path: str = PATH) -> list[Entry]:
    return [
        inline_file(base + path, to_json(ledger), mtime=0),
        *(
            inline_file(f"{base}{entry.dist_info}/METADATA", b"", mtime=0)
            for entry in ledger.entries
        ),
    ]


@pytest.mark.parametrize("base", ["", "srv/image/"])
def test_paths_of_a_ledger_start_where_its_distributions_are(base: str) -> None:
    (found,) = find_ledgers(there(example(), base=base)).found

    assert found.path == base + PATH
    assert found.ledger == example()
    place = found.place_of(example().entries[0])
    assert place == f"{base}usr/lib/app/lib/python3.11/site-packages/app-1.0.dist-info"


def test_a_flat_ledger_is_found_beside_its_modules() -> None:
    flat = replace(
        example(),
        entries=tuple(
            replace(entry, dist_info=f"{entry.name}-1.0.dist-info")
            for entry in example().entries
        ),
    )
    path = "share/repackage/app/ledger.json"

    (found,) = find_ledgers(there(flat, base="function/", path=path)).found

    assert found.base == "function"


def test_a_root_may_have_several_ledgers() -> None:
    other = "usr/share/repackage/other/ledger.json"
    entries = [*there(example()), inline_file(other, to_json(example()), mtime=0)]

    assert [each.path for each in find_ledgers(entries).found] == [PATH, other]


def test_what_cannot_be_read_is_noted() -> None:
    broken = inline_file(PATH, b'{"schema": 7}', mtime=0)
    other = "opt/share/repackage/x/ledger.json"
    large = inline_file(other, b" " * (LARGEST + 1), mtime=0)

    ledgers = find_ledgers([broken, large])

    assert ledgers.found == ()
    too_large, unknown = ledgers.notes
    assert too_large == f"{other}: a ledger of {LARGEST + 1} bytes is too large"
    assert unknown.startswith(f"{PATH}: the ledger has the schema 7, and this version reads 1")


def test_a_link_is_no_ledger() -> None:
    assert find_ledgers([Symlink(path=PATH, target="/etc/passwd", mtime=0)]).found == ()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (PATH, True),
        ("share/repackage/app/ledger.json", True),
        ("ledger.json", False),
        ("usr/share/repackage/ledger.json", False),
        ("usr/share/repackage/a/b/ledger.json", False),
        ("usr/ashare/repackage/a/ledger.json", False),
        ("usr/share/repackage/a/ledger.json/x", False),
    ],
)
def test_ledgers_have_places_of_their_own(path: str, expected: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_ledger(path) is expected
