from __future__ import annotations

from typing import Any

import pytest
from debian.copyright import Copyright, License

from repackage.metadata import parse_metadata
from repackage.testing import EPOCH, bare_tree, example_tree, tree_of
from repackage.tree import inline_file
from repackage_formats.deb._copyright import copyright_file
from repackage_formats.deb._licenses import common_texts, license_name
from tests.formats.deb.debs import SITE, planned

HEAD = "Metadata-Version: 2.4\nName: dependency\nVersion: 2.0\n"
MIT = (
    "MIT License\n\nCopyright (c) 2020 Some One\n\n.starts with a dot\nPermission is granted\n"
)
APACHE = "Apache License\nTERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION\n" * 9


def parsed(lines: str = "", licenses: dict[str, str] | None = None) -> Copyright:
    """Write the file for a dependency with these metadata and licence files, and read it."""
    plan = planned()
    info = f"{SITE}/dependency-2.0.dist-info"
    files = {f"{info}/METADATA": HEAD + lines}
    files |= {f"{info}/{path}": text for path, text in (licenses or {}).items()}
    kept = [e for e in example_tree(plan.layout) if e.path not in files]
    added = [
        inline_file(path, text.encode(), mtime=EPOCH, origin="dependency")
        for path, text in files.items()
    ]
    return Copyright(
        copyright_file(plan, tree_of(*kept, *added)).decode().splitlines(keepends=True)
    )


def bundled(lines: str = "", licenses: dict[str, str] | None = None) -> tuple[str, License]:
    paragraph: Any = list(parsed(lines, licenses).all_files_paragraphs())[-1]
    return paragraph.copyright, paragraph.license


def test_there_is_a_paragraph_for_all_and_one_for_each_dependency() -> None:
    paragraphs: list[Any] = list(parsed().all_files_paragraphs())

    assert [paragraph.files for paragraph in paragraphs] == [
        ("*",),
        (f"{SITE}/dependency-2.0.dist-info/*", f"{SITE}/dependency/*"),
    ]


def test_the_text_of_a_licence_file_is_there_with_its_holder() -> None:
    holders, license_ = bundled("License-Expression: MIT\n", {"licenses/LICENSE": MIT})

    assert holders == "(c) 2020 Some One"
    assert license_.synopsis == "Expat"
    assert "Permission is granted" in license_.text


@pytest.mark.parametrize("path", ["LICENSE", "LICENCE.txt", "COPYING", "licenses/sub/x.txt"])
def test_licence_files_are_found_where_they_are_put(path: str) -> None:
    assert "Permission" in bundled("", {path: MIT})[1].text


def test_a_text_that_every_system_has_is_referred_to() -> None:
    holders, license_ = bundled(
        "License-Expression: Apache-2.0\nAuthor: A. N. Other\n", {"LICENSE": APACHE}
    )

    assert holders == "2024 A. N. Other"
    assert "/usr/share/common-licenses/Apache-2.0" in license_.text
    assert f"in /{SITE}/dependency-2.0.dist-info/LICENSE" in license_.text
    assert "TERMS" not in license_.text


def test_a_distribution_that_says_nothing_has_a_paragraph_all_the_same() -> None:
    holders, license_ = bundled()

    assert holders == "2024 the authors of dependency"
    assert license_.synopsis == "unstated"


def test_metadata_cannot_add_a_paragraph() -> None:
    lines = "Author: Eve\n\u2028\n Files: *\nLicense: a\n \n Files: *\n Copyright: Eve\n"
    found = list(
        parsed(lines, {"LICENSE": "x\n\nFiles: *\nLicense: evil\n"}).all_files_paragraphs()
    )

    assert len(found) == 2


def test_vendored_distributions_are_part_of_what_vendors_them() -> None:
    plan = planned()
    vendored = inline_file(
        f"{SITE}/dependency/_vendor/v-1.dist-info/METADATA",
        b"Metadata-Version: 2.1\nName: v\nVersion: 1\n",
        mtime=EPOCH,
        origin="dependency",
    )
    data = copyright_file(plan, tree_of(*example_tree(plan.layout), vendored))

    assert data.count(b"Files: ") == 2


def test_a_tree_without_metadata_is_described_from_the_plan() -> None:
    plan = planned()

    assert b"License: Expat\n" in copyright_file(plan, bare_tree(plan.layout))


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ("License-Expression: MIT", "Expat"),
        ("License-Expression: MIT OR Apache-2.0", "Expat or Apache-2.0"),
        ("License-Expression: (MIT OR ISC) AND PSF-2.0", "Expat or ISC, and PSF-2"),
        (
            "License-Expression: GPL-2.0-or-later WITH Classpath-exception-2.0",
            "GPL-2+ with Classpath-exception-2.0 exception",
        ),
        ("License: BSD-3-Clause", "BSD-3-clause"),
        ("License: Apache License, Version 2.0", "Apache-2.0"),
        ("License: Some words\nClassifier: License :: OSI Approved :: MIT License", "Expat"),
        ("License: Beerware", "Beerware"),
        ("License: Many words about it", "other"),
        ("License: UNKNOWN", "unstated"),
        ("Classifier: License :: OSI Approved", "unstated"),
        ("", "unstated"),
    ],
)
def test_licences_have_debians_names(lines: str, name: str) -> None:
    metadata = parse_metadata(f"{HEAD}{lines}\n".encode(), where="METADATA")

    assert license_name(metadata) == name


def test_common_texts_are_found_in_any_expression() -> None:
    assert common_texts("GPL-2+ or LGPL-2.1, and MPL-2.0") == ("GPL-2", "LGPL-2.1", "MPL-2.0")
    assert common_texts("Expat") == ()
