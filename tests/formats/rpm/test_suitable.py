from __future__ import annotations

from typing import Any

import pytest

from repackage.errors import FormatError
from repackage_formats import rpm
from repackage_formats.rpm._metadata import facts
from repackage_formats.rpm._options import FileTriggerOptions
from tests.formats.rpm.plans import planned, with_files


@pytest.mark.parametrize("target", ["el7", "amazon-2"])
def test_everything_that_an_old_rpm_lacks_is_told_at_once(target: str) -> None:
    options = rpm.Options(
        compression="zstd",
        post_releases="caret",
        release="1^2",
        requires=("(a or b)", "c > 1^2"),
        requires_for={"pre": ("(a if b)",)},
        provides=("d = 1^3",),
        scriptlets={"postuntrans": "true\n"},
        file_triggers=(FileTriggerOptions(on="in", paths=("/a/b",), script="true\n"),),
    )
    plan = planned(options, target=target)
    with pytest.raises(FormatError) as error:
        facts(plan, with_files(plan, {}))

    assert {problem.where for problem in error.value.problems} == {
        "compression", "post-releases", "release", "requires[0]", "requires[1]",
        "requires-for.pre[0]", "provides[0]", "scriptlets.postuntrans", "file-triggers",
    }  # fmt: skip
    assert all(f"of {target}-x86_64" in problem.what for problem in error.value.problems)
    assert all(problem.advice for problem in error.value.problems)


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


def test_weak_relations_stay_for_an_rpm_that_ignores_them() -> None:
    plan = planned(rpm.Options(recommends=("bash-completion",)), target="el7")

    assert [each.name for each in facts(plan, with_files(plan, {})).recommends] == [
        "bash-completion"
    ]


def test_format_6_is_refused_where_rpm_cannot_read_it() -> None:
    plan = planned(rpm.Options(rpm_format=6), target="el7")
    with pytest.raises(FormatError, match=r"rpm 4\.11\.3 of el7-x86_64 may not read format 6"):
        facts(plan, with_files(plan, {}))
