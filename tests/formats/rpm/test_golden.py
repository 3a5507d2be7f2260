"""Every tag of the example, compared with what is kept beside the tests.

``REPACKAGE_UPDATE_GOLDEN=1`` writes them anew: read the difference before committing it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.tags import Tag as WheelTag

from repackage.target import distribution_target
from repackage.testing import EPOCH, example_plan, example_tree, tree_of
from repackage.tree import inline_file
from repackage_formats import rpm
from repackage_formats.rpm._describe import relations
from repackage_formats.rpm._header import read_header
from repackage_formats.rpm._header_tags import RELATIONS, SCRIPTLETS, Tag, Type
from repackage_formats.rpm._options import FileTriggerOptions, TriggerOptions
from tests.elves import make_elf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from repackage.format import Plan
    from repackage.tree import Tree
    from repackage_formats.rpm._header_decode import Tags

GOLDEN = Path(__file__).parents[1] / "golden" / "rpm"
SITE = "usr/lib/example/lib/python3.9/site-packages"


def planned(options: rpm.Options, *, target: str = "el9-x86_64") -> Plan[rpm.Options]:
    plan = example_plan(rpm, options)
    described = distribution_target(target)
    layout = rpm.layout(plan.package, described, options)
    return replace(plan, target=described, layout=layout)


def pure() -> tuple[Plan[rpm.Options], Tree]:
    """An application in pure Python, with a configuration file and every option."""
    options = rpm.Options(
        epoch=1,
        release="2.el9",
        vendor="Example Ltd",
        distribution="Example Linux",
        requires=("openssl >= 1:3.0", "(nginx or httpd)"),
        requires_for={"pre": ("shadow-utils",)},
        provides=("example-command = 1.0",),
        conflicts=("example-old < 1",),
        obsoletes=("example-old < 1",),
        recommends=("bash-completion",),
        suggests=("emacs",),
        supplements=("(nginx and python3)",),
        enhances=("nginx",),
        scriptlets={"pre": "getent passwd example || :\n", "postun": "#!/sbin/ldconfig"},
        triggers=(TriggerOptions(on="in", packages=("httpd >= 2.4",), script="true"),),
        file_triggers=(
            FileTriggerOptions(on="in", paths=("/usr/share/fonts",), script="fc-cache"),
        ),
        changelog="Is there\nWorks",
        ghosts=("/var/log/example.log",),
        compression="xz",
        level=0,
    )
    plan = planned(options)
    config = inline_file("etc/example.conf", b"[x]\n", mtime=EPOCH)
    return plan, tree_of(*example_tree(plan.layout), config)


def native() -> tuple[Plan[rpm.Options], Tree]:
    """An application with a compiled module that brings a library of its own."""
    plan = planned(rpm.Options(compile=False))
    tags = frozenset({WheelTag("cp39", "cp39", "manylinux_2_17_x86_64")})
    closure = replace(plan.closure, root=replace(plan.closure.root, tags=tags))
    module = make_elf(
        needed=["libc.so.6", "libstdc++.so.6", "libown-12.so.3"],
        versions={"libc.so.6": ["GLIBC_2.17"], "libstdc++.so.6": ["GLIBCXX_3.4.21"]},
    )
    files = {"example/_fast.cpython-39-x86_64-linux-gnu.so": module,
             "libown-12.so.3": make_elf(soname="libown-12.so.3")}  # fmt: skip
    added = [
        inline_file(f"{SITE}/{path}", data, mtime=EPOCH, mode=0o755)
        for path, data in files.items()
    ]
    return replace(plan, closure=closure), tree_of(*example_tree(plan.layout), *added)


@pytest.mark.parametrize(("name", "make"), [("pure", pure), ("native", native)])
def test_the_header_of_an_rpm_is_what_it_was(
    name: str, make: Callable[[], tuple[Plan[rpm.Options], Tree]], tmp_path: Path
) -> None:
    plan, tree = make()
    artifact = tmp_path / rpm.filename(plan)
    rpm.emit(plan, tree, artifact)
    text = "".join(f"{line}\n" for line in (artifact.name, *_lines(read_header(artifact).main)))
    golden = GOLDEN / f"{name}.txt"
    if "REPACKAGE_UPDATE_GOLDEN" in os.environ:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")

    assert text == golden.read_text(encoding="utf-8")


#: What depends on the version of a codec's library.
COMPRESSED = {Tag.PAYLOAD_DIGEST}


def _lines(main: Tags) -> Iterator[str]:
    names = {tag.value: tag.name for tag in Tag}
    names |= {tags[0]: kind for kind, tags in RELATIONS.items()}
    for slot, tags in SCRIPTLETS.items():
        names |= dict(zip(tags, (slot, f"{slot} program", f"{slot} flags"), strict=True))
    for tag, entry in main.entries.items():
        if tag in COMPRESSED:
            continue
        yield f"{tag} {names.get(tag, '')}".rstrip()
        if names.get(tag) in RELATIONS:
            spelled = relations(main, names[tag])
        elif entry.type in (Type.STRING, Type.STRINGS, Type.I18N):
            spelled = main.texts(tag)
        elif entry.type == Type.BINARY:
            spelled = (main.data(tag).hex(" ", 4),)
        else:
            spelled = (" ".join(map(str, main.numbers(tag))),)
        yield from (f"    {line or '-'}" for value in spelled for line in value.split("\n"))
