"""Zip files as Lambda and Azure want them, and all that is refused before a byte is written."""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

import repackage_formats.zip as form
from repackage.errors import ConfigError, FormatError, InputError, UsageError
from repackage.format import Surroundings
from repackage.lock import SourceTree
from repackage.target import distribution_target
from repackage.testing import EPOCH, example_plan, example_tree, tree_of, zipped_file
from repackage.tree import Entry, File, Symlink, inline_file, read_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from repackage.format import Plan
    from repackage.tree import Tree

AZURE_ROOT = str(PurePosixPath("/", "home", "site", "wwwroot"))
RUNTIME = "lambda-python3.13"


def planned(
    options: form.Options | None = None, *, target: str = RUNTIME
) -> Plan[form.Options]:
    plan = example_plan(form)
    chosen, asked = distribution_target(target, arch="x86_64"), options or form.Options()
    layout = form.layout(plan.package, chosen, asked)
    return replace(plan, target=chosen, layout=layout, options=asked)


def emitted(plan: Plan[form.Options], directory: Path, tree: Tree | None = None) -> Path:
    out = directory / form.filename(plan)
    form.emit(plan, example_tree(plan.layout) if tree is None else tree, out)
    return out


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def module(path: str, source: str, origin: str = "example") -> Entry:
    return inline_file(path, source.encode(), mtime=EPOCH, origin=origin)


# --- layouts


def test_a_zip_for_lambda_has_modules_at_its_root_and_no_directories(tmp_path: Path) -> None:
    out = emitted(planned(), tmp_path)

    assert out.name == "example-1.0-lambda-python3.13-x86_64.zip"
    assert names(out) == [
        "dependency-2.0.dist-info/METADATA",
        "dependency/__init__.py",
        "example-1.0.dist-info/METADATA",
        "example-1.0.dist-info/licenses/LICENSE",
        "example/__init__.py",
        "example/data.txt",
        "example/py.typed",
        "example/tool",
        "share/repackage/example/ledger.json",
    ]


def test_an_empty_directory_is_kept(tmp_path: Path) -> None:
    tree = tree_of(*example_tree(planned().layout), module("a/b/c.py", ""))
    tree = tree_of(*(entry for entry in tree if entry.path != "a/b/c.py"))

    assert [name for name in names(emitted(planned(), tmp_path, tree)) if name[-1] == "/"] == [
        "a/b/"
    ]


def test_a_flat_zip_has_modules_below_its_prefix(tmp_path: Path) -> None:
    plan = planned(form.Options(prefix="lib/python"), target="debian-12")

    assert {name.partition("/")[0] for name in names(emitted(plan, tmp_path))} == {"lib"}
    assert plan.layout.ledger == "lib/python/share/repackage/example/ledger.json"


def test_a_split_function_has_the_application_and_its_layer_all_else(tmp_path: Path) -> None:
    plan = planned(form.Options(split=True))
    tree = tree_of(
        *(
            replace(entry, origin="example") if entry.path.startswith("example") else entry
            for entry in example_tree(plan.layout)
        )
    )

    out = emitted(plan, tmp_path, tree)

    assert out.name == "example-1.0-lambda-python3.13-x86_64"
    assert sorted(path.name for path in out.iterdir()) == ["function.zip", "layer.zip"]
    assert "share/repackage/example/ledger.json" in names(out / "function.zip")
    assert names(out / "layer.zip") == [
        "python/dependency-2.0.dist-info/METADATA",
        "python/dependency/__init__.py",
    ]
    assert form.recognises(out) == 2
    assert {entry.path for entry in form.read(out)} == {entry.path for entry in tree}


def test_a_layer_is_the_same_when_only_the_application_changes(tmp_path: Path) -> None:
    plan = planned(form.Options(split=True))
    layers = []
    for version in ("one", "two"):
        tree = tree_of(
            *(entry for entry in example_tree(plan.layout) if entry.origin == "dependency"),
            module("example/__init__.py", f"version = {version!r}\n"),
        )
        out = tmp_path / version
        form.emit(plan, tree, out)
        layers.append((out / "layer.zip").read_bytes())

    assert layers[0] == layers[1]


def test_what_changes_with_the_application_goes_with_it(tmp_path: Path) -> None:
    plan = planned(form.Options(split=True, function=("Dependency",)))
    assert names(emitted(plan, tmp_path) / "layer.zip") == []

    plan = planned(form.Options(split=True))
    (pin,) = plan.closure.pins
    member = replace(pin, source=SourceTree(kind="editable", path=tmp_path))
    plan = replace(plan, closure=replace(plan.closure, pins=(member,)))
    form.emit(plan, example_tree(plan.layout), tmp_path / "member")
    assert names(tmp_path / "member" / "layer.zip") == []


def test_a_distribution_that_is_not_there_cannot_go_with_the_function(tmp_path: Path) -> None:
    plan = planned(form.Options(split=True, function=("dependancy",)))

    with pytest.raises(UsageError, match=r"'dependancy' .*did you mean 'dependency'"):
        emitted(plan, tmp_path)


def test_a_package_that_would_be_torn_apart_is_refused(tmp_path: Path) -> None:
    plan = planned(form.Options(split=True))
    torn = [
        module("company/__init__.py", ""),
        module("company/app.py", ""),
        module("company/library/__init__.py", "", origin="dependency"),
    ]

    with pytest.raises(FormatError, match="'company' of dependency, example would lie in both"):
        emitted(plan, tmp_path, tree_of(*torn))

    emitted(
        plan, tmp_path, tree_of(*torn[1:])
    )  # an implicit namespace may be in several places


def test_a_directory_with_anything_else_is_no_function_with_a_layer(tmp_path: Path) -> None:
    assert form.recognises(tmp_path) == 0
    with pytest.raises(InputError, match=r"without function\.zip and layer\.zip"):
        list(form.read(tmp_path))

    out = emitted(planned(form.Options(split=True)), tmp_path)
    (out / "layer.zip").write_bytes((out / "function.zip").read_bytes())
    with pytest.raises(InputError, match=r"has no place in layer\.zip"):
        list(form.read(out))


@pytest.fixture
def azure(tmp_path: Path) -> form.Options:
    (tmp_path / "azure").mkdir()
    for name in ("host.json", "function_app.py"):
        (tmp_path / "azure" / name).write_text("{}")
    include = {name: f"azure/{name}" for name in ("host.json", "function_app.py")}
    return form.Options(kind="azure", include=include)


def surroundings(project: Path) -> Surroundings:
    return Surroundings(cache=project, offline=True, project=project)


def test_azure_has_modules_in_its_own_place_and_the_users_files_at_the_root(
    tmp_path: Path, azure: form.Options
) -> None:
    plan = form.prepare(planned(azure, target="debian-12"), surroundings(tmp_path))
    found = names(emitted(plan, tmp_path))

    assert {"host.json", "function_app.py"} < set(found)
    assert ".python_packages/lib/site-packages/example/__init__.py" in found


@pytest.mark.parametrize("missing", ["host.json", "function_app.py"])
def test_azure_without_what_it_starts_from_is_refused(
    tmp_path: Path, azure: form.Options, missing: str
) -> None:
    include = {path: source for path, source in azure.include.items() if path != missing}
    plan = planned(replace(azure, include=include), target="debian-12")

    with pytest.raises(FormatError, match=missing):
        emitted(form.prepare(plan, surroundings(tmp_path)), tmp_path)


def test_files_that_are_not_there_cannot_be_included(tmp_path: Path) -> None:
    plan = planned(form.Options(include={"a": "no/a", "b": "no/b"}))

    with pytest.raises(ConfigError) as caught:
        form.prepare(plan, surroundings(tmp_path))
    assert [problem.where for problem in caught.value.problems] == [
        "zip.include.a",
        "zip.include.b",
    ]


@pytest.mark.parametrize("path", ["example/__init__.py", "example/__init__.py/x", "example"])
def test_an_included_file_takes_the_place_of_nothing(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("x")
    plan = form.prepare(planned(form.Options(include={path: "file"})), surroundings(tmp_path))

    with pytest.raises(FormatError, match="is there already"):
        emitted(plan, tmp_path)


def test_included_files_do_not_lie_in_each_other(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    asked = form.Options(include={"conf/app.toml": "file", "conf": "file"})

    with pytest.raises(FormatError, match=r"'conf/app\.toml' is there already"):
        emitted(form.prepare(planned(asked), surroundings(tmp_path)), tmp_path)


# --- the handler

HANDLERS = """
import os.path as path, json
from somewhere import imported as renamed
def handler(event, context): return event
class Handler: pass
async def waits(event, context): ...
a, (b, *c) = 1, (2, 3)
if a:
    def conditional(event, context): ...
try:
    pass
except OSError as failure:
    def recovered(event, context): ...
for each in ():
    with open("x") as opened: ...
listed = [inner for inner in ()]
(walrus := 1)
annotated: int = 1
promised: int
def outer():
    def hidden(): ...
"""


def with_handler(
    handler: str, source: str = HANDLERS, *, path: str = "example/aws.py"
) -> tuple[Plan[form.Options], Tree, list[str]]:
    heard: list[str] = []
    plan = replace(planned(form.Options(handler=handler)), warn=heard.append)
    return plan, tree_of(*example_tree(plan.layout), module(path, source)), heard


@pytest.mark.parametrize(
    "name",
    ["handler", "Handler", "renamed", "json", "path", "a", "b", "c", "conditional",
     "recovered", "each", "opened", "listed", "walrus", "annotated"],
)  # fmt: skip
def test_a_handler_that_is_bound_at_the_top_of_its_module_is_found(
    name: str, tmp_path: Path
) -> None:
    plan, tree, heard = with_handler(f"example.aws.{name}")
    emitted(plan, tmp_path, tree)

    assert heard == []


def test_a_handler_may_be_spelled_as_a_path(tmp_path: Path) -> None:
    plan, tree, heard = with_handler("example/aws.handler")
    emitted(plan, tmp_path, tree)

    assert heard == []


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        ("example.aws.handlr", r"binds no 'handlr'.*did you mean 'handler'"),
        ("example.aws.hidden", r"example/aws\.py binds no 'hidden'"),
        ("example.aws.inner", "binds no 'inner'"),
        ("example.aws.promised", "binds no 'promised'"),
        ("example.aws.failure", "binds no 'failure'"),
        ("example.awz.handler", r"neither example/awz\.py nor .*did you mean 'example\.aws'"),
        ("exampel.aws.handler", r"'exampel\.aws' is not there"),
        ("exampel.handler", "did you mean 'example'"),
    ],
)
def test_a_handler_that_is_not_there_is_refused(
    handler: str, said: str, tmp_path: Path
) -> None:
    plan, tree, _ = with_handler(handler)

    with pytest.raises(FormatError, match=said):
        emitted(plan, tmp_path, tree)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("handler", ["spaced.handler", "spaced.other.handler"])
def test_of_a_namespace_the_modules_are_told(handler: str, tmp_path: Path) -> None:
    plan, tree, _ = with_handler(handler, path="spaced/within/aws.py")

    with pytest.raises(FormatError, match=r"known: spaced\.within\.aws|mean 'spaced\.within"):
        emitted(plan, tmp_path, tree)


@pytest.mark.parametrize(
    ("source", "path", "said"),
    [
        (
            "from x import *",
            "example/aws.py",
            "import names that it does not spell out|imports",
        ),
        ("def __getattr__(name): ...", "example/aws.py", "makes names up"),
        ("def broken(", "example/aws.py", "not a source that this Python can read"),
        ("\0", "example/aws.py", "not a source that this Python can read"),
        (f"x = {'+'.join('1' * 5000)}", "example/aws.py", "not a source that this Python can"),
        ("ELF", "example/aws.cpython-313-x86_64-linux-gnu.so", "is machine code"),
        ("async def handler(): ...", "example/aws.py", "is a coroutine function"),
    ],
)
def test_a_handler_that_cannot_be_seen_is_warned_of(
    source: str, path: str, said: str, tmp_path: Path
) -> None:
    plan, tree, heard = with_handler("example.aws.handler", source, path=path)
    emitted(plan, tmp_path, tree)

    (warning,) = heard
    assert any(part in warning for part in said.split("|"))


def test_nothing_of_the_handlers_module_is_run(tmp_path: Path) -> None:
    source = f"open({str(tmp_path / 'ran')!r}, 'w')\ndef handler(e, c): ...\n"
    plan, tree, _ = with_handler("example.aws.handler", source)
    (tmp_path / "out").mkdir()
    emitted(plan, tmp_path / "out", tree)

    assert not (tmp_path / "ran").exists()


# --- sizes


def huge(path: str, size: int, origin: str) -> Entry:
    """A file that says it is so large; nobody gets to read it."""
    return replace(inline_file(path, b"", mtime=EPOCH, origin=origin), size=size)


def test_a_function_that_lambda_would_not_unpack_is_refused_naming_the_largest(
    tmp_path: Path,
) -> None:
    plan = planned()
    files = [
        huge(f"p{number:02}/data", (20 + number) << 20, f"p{number:02}") for number in range(12)
    ]

    with pytest.raises(FormatError) as caught:
        emitted(plan, tmp_path, tree_of(*files))

    (problem,) = caught.value.problems
    assert "306.0 MiB unpacked (320864256 bytes) are more than the 250.0 MiB" in problem.what
    assert "the largest: p11 31.0 MiB, p10 30.0 MiB" in problem.what
    assert "p02" in problem.what
    assert "p01" not in problem.what
    assert list(tmp_path.iterdir()) == []


def test_the_layer_counts_with_the_function(tmp_path: Path) -> None:
    files = [huge("a/x", 140 << 20, "example"), huge("b/x", 140 << 20, "dependency")]

    with pytest.raises(FormatError, match=r"280\.0 MiB unpacked"):
        emitted(planned(form.Options(split=True)), tmp_path, tree_of(*files))


def test_what_is_not_for_lambda_may_be_as_large_as_it_likes(tmp_path: Path) -> None:
    big = zipped_file("big", b"\0" * 300_000_000, mtime=EPOCH)
    plan = planned(target="debian-12")

    assert names(emitted(plan, tmp_path, tree_of(big))) == ["big"]


def test_what_cannot_be_uploaded_directly_is_warned_of(tmp_path: Path) -> None:
    heard: list[str] = []
    plan = replace(planned(), warn=heard.append)
    noise = zipped_file("noise", os.urandom(53 << 20), mtime=EPOCH, deflated=False)

    emitted(plan, tmp_path, tree_of(noise))

    assert len(heard) == 1
    assert "more than 50.0 MiB cannot be uploaded directly" in heard[0]


def test_a_target_that_may_have_another_libc_is_warned_of(tmp_path: Path) -> None:
    heard: list[str] = []
    plan = planned(form.Options(kind="lambda"), target="debian-12")
    emitted(replace(plan, warn=heard.append), tmp_path)
    assert heard == []

    impure = replace(plan.closure, machine_bound=True)
    form.emit(
        replace(plan, warn=heard.append, closure=impure),
        example_tree(plan.layout),
        tmp_path / "impure",
    )
    assert "debian-12-x86_64 is no runtime of Lambda" in heard[0]


# --- names and links


@pytest.mark.parametrize(
    "pair", [("a/Foo.py", "a/foo.py"), ("A/x", "a/y"), ("é", "e\u0301"), ("straße", "STRASSE")]
)
def test_names_that_collide_elsewhere_are_refused_unless_told_otherwise(
    pair: tuple[str, str], tmp_path: Path
) -> None:
    tree = tree_of(*(module(path, path) for path in pair))

    with pytest.raises(FormatError, match="are one file where case does not count"):
        emitted(planned(), tmp_path, tree)
    allowed = planned(form.Options(colliding_names="allow"))
    assert sorted(names(emitted(allowed, tmp_path, tree))) == sorted(pair)


def test_links_are_refused(tmp_path: Path) -> None:
    tree = tree_of(module("a", ""), Symlink(path="b", target="a", mtime=EPOCH))

    with pytest.raises(FormatError, match="'b' is a symbolic link"):
        emitted(planned(), tmp_path, tree)


# --- bytecode


@pytest.mark.parametrize(
    ("options", "target", "root"),
    [
        (form.Options(), RUNTIME, "/var/task"),
        (form.Options(kind="azure"), "debian-12", AZURE_ROOT),
        (form.Options(), "debian-12", ""),
        (form.Options(split=True), RUNTIME, ""),
    ],
)
def test_bytecode_names_the_place_that_it_is_unpacked_to_if_there_is_one(
    options: form.Options, target: str, root: str
) -> None:
    layout = planned(options, target=target).layout

    assert (layout.root, layout.bytecode) == (root, None)


def test_a_word_about_bytecode_is_for_this_format_alone() -> None:
    for word in (True, False):
        assert planned(form.Options(bytecode=word)).layout.bytecode is word


# --- options


@pytest.mark.parametrize(
    ("make", "keys"),
    [
        (lambda: form.Options(handler="handler"), ["handler"]),
        (lambda: form.Options(handler="a.b c"), ["handler"]),
        (lambda: form.Options(prefix="/abs"), ["prefix"]),
        (lambda: form.Options(prefix="a/../b", level=0), ["prefix", "level"]),
        (lambda: form.Options(include={"../x": "y"}), ["include.../x"]),
        (lambda: form.Options(include={"c:x": "y", "z": ""}), ["include.c:x", "include.z"]),
        (lambda: form.Options(kind="lambda", prefix="x"), ["prefix"]),
        (lambda: form.Options(kind="azure", split=True), ["split"]),
        (lambda: form.Options(function=("x",)), ["function"]),
    ],
)
def test_options_that_make_no_sense_are_refused(
    make: Callable[[], form.Options], keys: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert [problem.where for problem in caught.value.problems] == keys


@pytest.mark.parametrize(
    ("options", "target"),
    [
        (form.Options(split=True), "debian-12"),
        (form.Options(prefix="x"), RUNTIME),
    ],
)
def test_what_the_target_makes_senseless_is_refused_when_it_is_planned(
    options: form.Options, target: str
) -> None:
    with pytest.raises(ConfigError):
        planned(options, target=target)


# --- what it is called


def test_the_code_sha256_is_that_of_lambda(tmp_path: Path) -> None:
    out = emitted(planned(), tmp_path)
    expected = base64.b64encode(hashlib.sha256(out.read_bytes()).digest()).decode()

    assert form.announce(out) == {"CodeSha256": expected}
    assert form.describe(out) == {"compression": "deflate, stored", "CodeSha256": expected}


def test_a_function_and_its_layer_are_called_each_by_its_own(tmp_path: Path) -> None:
    out = emitted(planned(form.Options(split=True)), tmp_path)

    assert list(form.announce(out)) == ["function.zip CodeSha256", "layer.zip CodeSha256"]
    assert form.describe(out) == form.announce(out)


def test_compressing_anew_is_smaller_and_holds_the_same(tmp_path: Path) -> None:
    text = Path(__file__).read_bytes()
    tree = tree_of(zipped_file("a.txt", text, mtime=EPOCH, deflated=False))
    kept = emitted(planned(form.Options(level=1)), tmp_path, tree)
    anew = tmp_path / "anew.zip"
    form.emit(planned(form.Options(recompress=True)), tree, anew)

    assert anew.stat().st_size < kept.stat().st_size
    (entry,) = form.read(anew)
    assert isinstance(entry, File)
    assert read_file(entry) == text
