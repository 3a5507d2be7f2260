from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage.errors import FormatError
from repackage.testing import tree_of
from repackage.tree import inline_file
from repackage_formats import rpm
from repackage_formats.rpm._header_features import features
from repackage_formats.rpm._metadata import facts
from repackage_formats.rpm._options import FileTriggerOptions
from tests.formats.rpm.made import headers
from tests.formats.rpm.plans import planned, with_files

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Plan
    from repackage_formats.rpm._facts import Facts


FILE_TRIGGER = FileTriggerOptions(on="in", paths=("/a/b",), script="true\n")


def warned(plan: Plan[rpm.Options]) -> tuple[Facts, list[str]]:
    """Decide a package, and collect what its user is told."""
    told: list[str] = []
    plan = replace(plan, warn=told.append)
    return facts(plan, with_files(plan, {})), told


@pytest.mark.parametrize("target", ["el7", "amazon-2"])
def test_everything_that_an_old_rpm_lacks_is_told_at_once(target: str) -> None:
    options = rpm.Options(
        release="1^2",
        requires=("(a or b)", "c > 1^2"),
        requires_for={"pre": ("(a if b)",)},
        provides=("d = 1^3",),
        scriptlets={"postuntrans": "true\n"},
        rpm_format=6,
    )
    plan = planned(options, target=target)
    with pytest.raises(FormatError) as error:
        facts(plan, with_files(plan, {}))

    assert {problem.where for problem in error.value.problems} == {
        "release", "requires[0]", "requires[1]", "requires-for.pre[0]", "provides[0]",
        "scriptlets.postuntrans", "rpm-format",
    }  # fmt: skip
    assert all(f"of {target}-x86_64" in problem.what for problem in error.value.problems)
    assert all(problem.advice for problem in error.value.problems)


def test_what_has_another_way_for_an_old_rpm_takes_it_with_a_warning() -> None:
    options = rpm.Options(
        compression="zstd",
        level=19,
        post_releases="caret",
        requires=("(a >= 1 with a < 2)", "d"),
        requires_for={"pre": ("(b and c)",)},
        recommends=("(r or s)",),
        suggests=("s > 1^2",),
        supplements=("t",),
        enhances=("u",),
        file_triggers=(FILE_TRIGGER,),
    )
    plan = planned(options, target="el7", version="1.0.post1")
    decided, told = warned(plan)

    assert decided.compression == "gzip"
    assert decided.version == "1.0.0.post1"
    assert f"{decided.nevra}.rpm" == rpm.filename(plan)
    required = {(each.name, each.version) for each in decided.requires}
    assert {("a", "1"), ("a", "2"), ("b", ""), ("c", ""), ("d", "")} <= required
    for left_out in ("recommends", "suggests", "supplements", "enhances", "file_triggers"):
        assert getattr(decided, left_out) == ()
    assert not {"RichDependencies", "CaretInVersions", "PayloadIsZstd"} & {
        feature.name[7:-1] for feature in features(decided)
    }
    assert [line.partition(":")[0] for line in told] == [
        "compression", "post-releases", "file-triggers", "recommends", "suggests",
        "supplements", "enhances", "requires[0]", "requires-for.pre[0]",
    ]  # fmt: skip
    assert all("rpm 4.11.3 of el7-x86_64" in line for line in told)


def test_a_level_goes_with_the_compression_that_it_was_for(tmp_path: Path) -> None:
    plan = planned(rpm.Options(compression="zstd", level=19), target="el7")
    out = tmp_path / "a.rpm"
    rpm.emit(plan, with_files(plan, {}), out)
    _, main, _ = headers(out.read_bytes())

    assert (main.text(1125), main.text(1126)) == ("gzip", "6")


def test_a_large_file_is_refused_where_rpm_has_no_number_for_it() -> None:
    tree = tree_of(replace(inline_file("usr/lib/example/a", b"", mtime=0), size=1 << 32))
    plan = planned(target="el7")
    with pytest.raises(FormatError, match=r"has 4294967296 bytes, and rpm 4\.11\.3"):
        facts(plan, tree)

    assert facts(planned(target="el8"), tree).tree.size == 1 << 32


@pytest.mark.parametrize(
    ("target", "warnings"), [("debian-12", 1), ("lambda-python3.13", 1), ("el9", 0)]
)
def test_a_package_for_a_distribution_without_rpms_is_made_with_a_warning(
    target: str, warnings: int
) -> None:
    _, told = warned(planned(target=target))

    assert len(told) == warnings
    assert all(f"{target}-x86_64 is no distribution of rpms" in line for line in told)


def test_a_platform_without_a_name_is_taken_for_what_most_have() -> None:
    plan = planned()
    _, told = warned(replace(plan, target=replace(plan.target, distribution=None)))

    assert told == []


def test_a_new_rpm_lacks_nothing_of_that() -> None:
    options = rpm.Options(
        compression="zstd", post_releases="caret", requires=("(a or b)", "c > 1^2")
    )
    plan = planned(options, target="fedora-43")

    assert facts(plan, with_files(plan, {})).compression == "zstd"


@pytest.mark.parametrize(
    ("target", "options", "compression"),
    [
        ("el7", {}, "gzip"),
        ("el7", {"compression": "xz"}, "xz"),
        ("el9", {}, "zstd"),
        ("el9", {"compression": "none"}, "none"),
    ],
)
def test_a_payload_is_compressed_as_the_target_reads_it(
    target: str, options: dict[str, Any], compression: str
) -> None:
    plan = planned(rpm.Options(**options), target=target)

    assert facts(plan, with_files(plan, {})).compression == compression


def test_nothing_is_lowered_where_rpm_knows_it() -> None:
    options = rpm.Options(recommends=("(r or s)",), file_triggers=(FILE_TRIGGER,))
    decided, told = warned(planned(options, target="el8"))

    assert decided.recommends[0].name == "(r or s)"
    assert decided.file_triggers
    assert told == []


def test_format_6_is_refused_where_rpm_cannot_read_it() -> None:
    plan = planned(rpm.Options(rpm_format=6), target="el7")
    with pytest.raises(FormatError, match=r"rpm 4\.11\.3 of el7-x86_64 may not read format 6"):
        facts(plan, with_files(plan, {}))
