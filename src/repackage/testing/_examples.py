"""Example values of the nouns that a plan is made of; no file lies behind them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.tags import Tag
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.closure import Closure, Pin, Requirer
from repackage.format import Plan
from repackage.lock import Hash, LockedFile, RegistryUrl
from repackage.metadata import Metadata
from repackage.package import Contact, Package
from repackage.target import Distribution, Glibc, Python, Target
from repackage.wheel import EntryPoint, Wheel

if TYPE_CHECKING:
    from repackage.format import Format

#: 2024-05-17 12:00:00 UTC: the epoch of every example.
EPOCH = 1_715_947_200


def example_plan(
    form: Format[Any], options: Any = None, *, version: str = "1.0", jobs: int = 1
) -> Plan[Any]:
    """Plan the example application for a format, with its default options if none are given."""
    chosen = form.Options() if options is None else options
    package = example_package(version=version)
    target = example_target()
    return Plan(
        package=package,
        target=target,
        closure=example_closure(version=version),
        layout=form.layout(package, target, chosen),
        options=chosen,
        epoch=EPOCH,
        jobs=jobs,
    )


def example_package(*, name: str = "example", version: str = "1.0") -> Package:
    """Facts about an application with one command, complete in every field."""
    metadata = _metadata(name, version)
    return Package(
        name=metadata.name,
        version=metadata.version,
        summary=metadata.summary,
        description=metadata.description,
        license=metadata.license_expression,
        maintainer=Contact(name="Ana Example", email="ana@app.example"),
        homepage="https://app.example",
        urls=metadata.urls,
        scripts=(name,),
        metadata=metadata,
    )


def example_target() -> Target:
    """Describe Debian 12 on x86-64, whatever machine this is."""
    return Target(
        name="debian-12-x86_64",
        python=Python(major=3, minor=11, micro=2),
        system=Glibc(major=2, minor=36),
        arch="x86_64",
        interpreter="/usr/bin/python3.11",
        markers={
            "implementation_name": "cpython",
            "implementation_version": "3.11.2",
            "os_name": "posix",
            "platform_machine": "x86_64",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": "3.11.2",
            "python_version": "3.11",
            "sys_platform": "linux",
        },
        tags=(Tag("cp311", "cp311", "manylinux_2_36_x86_64"), Tag("py3", "none", "any")),
        distribution=Distribution(id="debian", version="12", codename="bookworm", family="deb"),
    )


def example_wheel(*, name: str = "example", version: str = "1.0") -> Wheel:
    """Describe the root wheel: pure Python, one console script, no members."""
    filename = f"{name}-{version}-py3-none-any.whl"
    return Wheel(
        path=Path(filename),
        filename=filename,
        name=canonicalize_name(name),
        version=Version(version),
        build=(),
        tags=frozenset({Tag("py3", "none", "any")}),
        purelib=True,
        dist_info=f"{name}-{version}.dist-info",
        metadata=_metadata(name, version),
        entry_points=(EntryPoint(name=name, module=name, attribute="main", kind="console"),),
        newest=EPOCH,
        size=4711,
        sha256=hashlib.sha256(filename.encode()).hexdigest(),
        members=(),
    )


def example_closure(*, name: str = "example", version: str = "1.0") -> Closure:
    """Close the root wheel over one dependency, ``dependency`` 2.0, from an index."""
    filename = "dependency-2.0-py3-none-any.whl"
    digest = hashlib.sha256(filename.encode()).hexdigest()
    root = example_wheel(name=name, version=version)
    pin = Pin(
        name=canonicalize_name("dependency"),
        version=Version("2.0"),
        source=RegistryUrl(url="https://index.example/simple"),
        artifact=LockedFile(
            filename=filename,
            location=f"https://files.example/{filename}",
            hash=Hash(algorithm="sha256", digest=digest),
            size=1234,
            key="package[0].wheels[0]",
        ),
        extras=(),
        required_by=(Requirer(name=root.name, version=root.version),),
    )
    return Closure(
        root=root,
        lock_sha256=hashlib.sha256(b"uv.lock").hexdigest(),
        extras=(),
        groups=(),
        pins=(pin,),
    )


def _metadata(name: str, version: str) -> Metadata:
    return Metadata(
        metadata_version="2.4",
        name=canonicalize_name(name),
        display_name=name,
        version=Version(version),
        summary="An example with an ünusual letter",
        description="It does nothing.\n\nBut it does it well.\n",
        license_expression="MIT",
        license_files=("LICENSE",),
        author_email="Ana Example <ana@app.example>",
        urls=(("Homepage", "https://app.example"),),
    )
