from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from repackage import registry
from repackage.errors import FormatError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
from dataclasses import dataclass

@dataclass(frozen=True)
class Options:
    pass

def layout(package, target, options): ...
def filename(plan): ...
def emit(plan, tree, out): ...
def read(artifact): ...
"""


@dataclass(frozen=True)
class Site:
    """A directory on ``sys.path`` with distributions that bring formats."""

    directory: Path

    def add(
        self,
        distribution: str,
        *,
        name: str,
        module: str,
        source: str = WHOLE,
        group: str = registry.GROUP,
    ) -> None:
        info = self.directory / f"{distribution}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}\n")
        (self.directory / f"{module.partition('.')[0]}.py").write_text(source)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.syspath_prepend(str(tmp_path))
    return Site(tmp_path)


def test_the_built_in_formats_are_found() -> None:
    assert {"deb", "tar"} <= set(registry.formats())


def test_nothing_is_imported_to_name_the_formats(site: Site) -> None:
    site.add("listing", name="listing", module="format_not_imported")

    assert "listing" in registry.formats()
    assert "format_not_imported" not in sys.modules


def test_a_strangers_format_is_loaded_by_its_name(site: Site) -> None:
    site.add("listing", name="listing", module="format_whole")

    found = registry.load("listing")

    assert found.Options.__name__ == "Options"
    assert (
        registry.Installed(
            name="listing", module="format_whole", distribution="listing 1.0", made=True
        )
        in registry.installed()
    )


def test_an_unknown_format_suggests_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no format is called 'dbe' \(did you mean 'deb'\?\)"):
        registry.load("dbe")


def test_a_name_that_two_distributions_offer_names_both(site: Site) -> None:
    site.add("first", name="listing", module="format_a")
    site.add("second", name="listing", module="format_b")

    with pytest.raises(FormatError, match=r"'listing' is offered by first 1\.0 and by second"):
        registry.formats()


def test_a_name_that_is_no_identifier_is_refused(site: Site) -> None:
    site.add("odd", name="Web-App", module="format_a")

    with pytest.raises(
        FormatError, match=r"odd 1\.0: 'Web-App' cannot be the name of a format"
    ):
        registry.formats()


@pytest.mark.parametrize(
    "source", ["import nothing_is_called_so", "1 / 0", "def broken(", "raise OSError('gone')"]
)
def test_a_format_that_cannot_be_imported_is_one_clear_error(site: Site, source: str) -> None:
    site.add(
        "broken", name="broken", module=f"format_broken_{abs(hash(source))}", source=source
    )

    with pytest.raises(FormatError) as caught:
        registry.load("broken")

    (problem,) = caught.value.problems
    assert problem.where == "broken 1.0"
    assert problem.what.startswith("the format 'broken' cannot be imported: ")


def test_a_format_that_lacks_names_lists_them(site: Site) -> None:
    source = "Options = 1\ndef layout(p, t, o): ...\ndef emit(p, t, o): ...\nread = 3\n"
    site.add("half", name="half", module="format_half", source=source)

    with pytest.raises(FormatError, match=r"lacks Options \(a dataclass\), filename, read"):
        registry.load("half")


def test_a_reader_is_found_beside_the_formats(site: Site) -> None:
    source = "def read(artifact): ...\n"
    site.add(
        "peek", name="peek", module="reader_only", source=source, group="repackage.readers"
    )

    assert "peek" in registry.readers()
    assert {"deb", "oci", "rpm", "tar", "zip"} <= set(registry.readers())
    assert "peek" not in registry.formats()
    assert registry.load_reader("peek").read.__name__ == "read"
    assert registry.load_reader("deb") is registry.load("deb")


def test_what_can_be_read_cannot_be_made(site: Site) -> None:
    source = "def read(artifact): ...\n"
    site.add(
        "peek", name="peek", module="reader_only", source=source, group="repackage.readers"
    )

    with pytest.raises(
        UsageError, match=r"no format is called 'peek' \('peek' can be read, not"
    ):
        registry.load("peek")


def test_a_reader_reads(site: Site) -> None:
    site.add("peek", name="peek", module="reader_blind", source="", group="repackage.readers")

    with pytest.raises(FormatError, match=r"lacks read .*\(a reader offers read\)"):
        registry.load_reader("peek")


def test_a_reader_and_a_format_of_one_name_are_refused(site: Site) -> None:
    site.add("one", name="peek", module="format_peek")
    site.add("two", name="peek", module="reader_peek", group="repackage.readers")

    with pytest.raises(FormatError, match=r"'peek' is offered by one 1.0 and by two 1.0"):
        registry.readers()
