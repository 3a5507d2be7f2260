from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from repackage.package import Contact
from repackage.text import is_plain
from repackage_formats import rpm
from repackage_formats.rpm._metadata import facts
from tests.formats.rpm.plans import described, planned, with_files

if TYPE_CHECKING:
    from repackage_formats.rpm._facts import Facts

ANYTHING = st.text(max_size=40)


def decided(options: rpm.Options | None = None, **changes: Any) -> Facts:
    plan = described(planned(options), **changes)
    return facts(plan, with_files(plan, {}))


def test_a_summary_is_a_line_with_a_capital_and_without_a_full_stop() -> None:
    assert decided(summary="a tool for tests.").summary == "Tool for tests"
    assert decided(rpm.Options(summary="as it is.")).summary == "as it is."


def test_a_description_is_the_beginning_of_the_readme() -> None:
    readme = "# Title\n\nThis is a tool that does a great many things.\n\n```\ncode\n```\n"

    assert decided(description=readme).description == (
        "This is a tool that does a great many things."
    )
    long = decided(rpm.Options(description="word " * 40 + "\n\nSecond paragraph"))
    assert max(map(len, long.description.splitlines())) < 80
    assert long.description.endswith("\n\nSecond paragraph")


def test_without_a_readme_the_summary_describes_it() -> None:
    assert decided(summary="It is small", description="").description.endswith(".")


def test_a_packager_has_an_address() -> None:
    name = Contact(name="Ana, of Example", email="ana@app.example")

    assert decided(maintainer=name).packager == "Ana of Example <ana@app.example>"
    assert decided(maintainer=Contact(name="Ana", email="")).packager == ""
    assert decided(maintainer=None).packager == ""
    options = rpm.Options(packager="Jo <jo@app.example>")
    assert decided(options, maintainer=name).packager == "Jo <jo@app.example>"


def test_the_changelog_has_one_entry_at_noon_of_the_plans_day() -> None:
    (change,) = decided(rpm.Options(changelog="- first\nsecond\n", epoch=2)).changelog

    assert change.time == 1_715_947_200
    assert change.name == "Ana Example <ana@app.example> - 2:1.0.0-1.el9"
    assert change.text == "- first\n- second"
    (bare,) = decided(maintainer=None).changelog
    assert bare.name == "example packagers <unknown@packages.invalid> - 1.0.0-1.el9"
    assert bare.text == "- Package example 1.0 from its wheel."


def test_a_home_page_that_is_no_url_is_left_out() -> None:
    assert decided(homepage="https://app.example/x").url == "https://app.example/x"
    assert decided(homepage="javascript:alert(1)").url == ""
    assert decided(rpm.Options(url="https://own.example"), homepage="x").url == (
        "https://own.example"
    )


@given(
    summary=ANYTHING, description=ANYTHING, homepage=ANYTHING, license_=ANYTHING, name=ANYTHING
)
def test_nothing_that_a_project_says_can_break_out_of_its_tag(
    summary: str, description: str, homepage: str, license_: str, name: str
) -> None:
    plan = planned()
    metadata = replace(plan.package.metadata, license=license_, license_expression="")
    contact = Contact(name=name, email="a@app.example")
    found = decided(
        summary=summary,
        description=description,
        homepage=homepage,
        maintainer=contact,
        metadata=metadata,
    )
    texts = [getattr(found, each.name) for each in fields(found)]
    lines = [text for text in texts if isinstance(text, str) and text != found.description]
    lines += [change.name for change in found.changelog]

    assert all(map(is_plain, lines))
    assert found.summary
    assert found.license
    assert is_plain(found.description, lines=True)
    assert found.description.encode()
