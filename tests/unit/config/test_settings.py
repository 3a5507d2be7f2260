from __future__ import annotations

import pytest

from repackage.config import collect_settings, split_settings
from repackage.errors import ConfigError, Problems


def test_repeated_keys_collect_their_values() -> None:
    assert collect_settings(["deb.a=1", "deb.b=x=y", "deb.a="]) == {
        "deb.a": ("1", ""),
        "deb.b": ("x=y",),
    }


def test_what_is_not_an_assignment_is_refused_all_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        collect_settings(["deb.a", "=1", "deb.b=1"])

    assert [problem.what for problem in caught.value.problems] == [
        "'deb.a' is not a setting",
        "'=1' is not a setting",
    ]


def test_settings_are_parted_by_format() -> None:
    core, parted = split_settings(
        {"target": "debian-12", "deb.fields.Bugs": "x", "tar.level": ["1"]},
        formats=("deb", "tar", "rpm"),
        problems=Problems(),
    )

    assert core == {"target": "debian-12"}
    assert parted == {"deb": {"fields.Bugs": "x"}, "tar": {"level": ["1"]}, "rpm": {}}


def test_a_setting_for_an_unknown_format_suggests_the_nearest() -> None:
    problems = Problems()

    split_settings({"dbe.a": "1", "tra.b": "2"}, formats=("deb", "tar"), problems=problems)

    assert [str(problem) for problem in problems] == [
        "-C dbe.a: no format is called 'dbe' (did you mean 'deb'?)",
        "-C tra.b: no format is called 'tra' (did you mean 'tar'?)",
    ]
