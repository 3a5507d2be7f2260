from __future__ import annotations

from repackage_formats.rpm._metadata import facts
from tests.formats.rpm.plans import described, planned, with_files


def metadata(name: str, version: str, license_: str = "Zlib") -> bytes:
    text = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n"
    return f"{text}License-Expression: {license_}\n".encode()


def test_what_is_vendored_is_provided_as_bundled() -> None:
    plan = planned()
    files = {
        "Zope.Event-5.0rc1.dist-info/METADATA": metadata("Zope.Event", "5.0rc1"),
        "dependency/_vendor/deep-1!1.2.0.dist-info/METADATA": metadata("deep", "1!1.2.0"),
        "dependency/_vendor/example-0.9.dist-info/METADATA": metadata("example", "0.9"),
        "broken-1.dist-info/METADATA": b"Name: ..\n",
        "huge-1.dist-info/METADATA": b"x" * ((16 << 20) + 1),
    }
    decided = facts(plan, with_files(plan, files))
    bundled = {
        (each.name, each.version, each.flags)
        for each in decided.provides
        if each.name.startswith("bundled")
    }

    assert bundled == {
        ("bundled(python3dist(dependency))", "2", 8),
        ("bundled(python3dist(zope-event))", "5~rc1", 8),
        ("bundled(python3dist(deep))", "1:1.2", 8),
        ("bundled(python3dist(example))", "0.9", 8),
    }
    assert decided.license == "MIT AND Zlib"


def test_an_application_provides_no_module_of_the_system() -> None:
    plan = described(planned())
    decided = facts(plan, with_files(plan, {}))

    assert not [each for each in decided.provides if each.name.startswith("python3")]
