"""The control member: the package described to dpkg and apt (policy 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import FormatError
from repackage.text import is_contact, is_url, one_line
from repackage.tree import File, Symlink
from repackage_formats.deb import _system
from repackage_formats.deb._architecture import architecture
from repackage_formats.deb._description import description, folded
from repackage_formats.deb._relations import interpreter_packages, normalised
from repackage_formats.deb._validation import PACKAGE
from repackage_formats.deb._version import default_revision, full_version, without_epoch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.format import Plan
    from repackage.package import Contact, Package
    from repackage.tree import Tree
    from repackage_formats.deb._options import Options

_KIBIBYTE = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What the package is called, everywhere; decided from the plan alone."""

    package: str
    version: str
    architecture: str
    maintainer: str

    @classmethod
    def of(cls, plan: Plan[Options]) -> Identity:
        """Decide it."""
        revision = plan.options.revision
        if revision is None:
            revision = default_revision(plan.target.distribution)
        return cls(
            package=package_name(plan.package, plan.options),
            version=full_version(
                plan.package.version, epoch=plan.options.epoch, revision=revision
            ),
            architecture=architecture(plan),
            maintainer=_maintainer(plan.package, plan.options),
        )

    @property
    def filename(self) -> str:
        """The name that archives and apt give to the file."""
        return f"{self.package}_{without_epoch(self.version)}_{self.architecture}.deb"


def package_name(package: Package, options: Options) -> str:
    """Name the package: a normalised name is a valid one, if it is long enough."""
    name = options.package or package.name
    if not PACKAGE.fullmatch(name):
        raise FormatError.of(
            f"{name!r} cannot be the name of a Debian package",
            where="package",
            advice="choose one of two or more characters: package = 'python-app'",
        )
    return name


def _maintainer(package: Package, options: Options) -> str:
    """Find somebody with a valid address (policy 5.6.2), whatever the metadata say."""
    if options.maintainer:
        return options.maintainer
    if package.maintainer is not None:
        contact = _contact(package.maintainer)
        if is_contact(contact):
            return contact
    return f"{package_name(package, options)} packagers <unknown@packages.invalid>"


def _contact(contact: Contact) -> str:
    """Spell a contact without what a list of mail addresses would be split at."""
    allowed = one_line(contact.name).translate({ord(each): " " for each in '<>@,;:"()[]\\'})
    mail = contact.email.strip()
    return f"{' '.join(allowed.split()) or mail.partition('@')[0]} <{mail}>"


def control(
    plan: Plan[Options], identity: Identity, *, tree: Tree, libraries: tuple[str, ...]
) -> bytes:
    """Write the control file: one stanza, the description last."""
    fields = _fields(plan, identity, tree=tree, libraries=libraries)
    synopsis, lines = description(plan.package, plan.options)
    stanza = "".join(f"{name}: {value}\n" for name, value in fields if value)
    return f"{stanza}Description: {synopsis}\n{folded(lines)}".encode()


def _fields(
    plan: Plan[Options], identity: Identity, *, tree: Tree, libraries: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    options = plan.options
    yield "Package", identity.package
    yield "Version", identity.version
    yield "Architecture", identity.architecture
    yield "Maintainer", identity.maintainer
    yield "Installed-Size", str(installed_size(tree))
    interpreter = options.interpreter_packages
    if interpreter is None:
        pure = identity.architecture == "all"
        interpreter = (
            _system.interpreter_packages(plan.target)
            if plan.layout.alone
            else interpreter_packages(
                plan.target, pure=pure, compiled=bool(plan.layout.bytecode)
            )
        )
    needed = _system.depends(plan) if plan.layout.alone else ()
    yield "Pre-Depends", _joined(options.pre_depends)
    yield "Depends", _joined((*interpreter, *libraries, *needed, *options.depends))
    yield "Recommends", _joined(options.recommends)
    yield "Suggests", _joined(options.suggests)
    yield "Enhances", _joined(options.enhances)
    yield "Breaks", _joined(options.breaks)
    yield "Conflicts", _joined(options.conflicts)
    yield "Replaces", _joined(options.replaces)
    yield "Provides", _joined(options.provides)
    yield "Section", options.section
    yield "Priority", options.priority
    yield "Multi-Arch", options.multi_arch
    yield "Homepage", options.homepage or _homepage(plan.package)
    yield from sorted((name, value.strip()) for name, value in options.fields.items())


def _joined(relations: tuple[str, ...]) -> str:
    """Join relations, each once, in the order given."""
    return ", ".join(dict.fromkeys(map(normalised, relations)))


def _homepage(package: Package) -> str:
    return package.homepage if is_url(package.homepage) else ""


def installed_size(tree: Tree) -> int:
    """Estimate as dpkg-gencontrol does: whole KiB a file or link, one for all the rest."""
    return sum(_kibibytes(entry) for entry in tree)


def _kibibytes(entry: object) -> int:
    match entry:
        case File(size=size):
            return -(-size // _KIBIBYTE)
        case Symlink(target=target):
            return -(-len(target.encode("utf-8", "surrogateescape")) // _KIBIBYTE)
        case _:
            return 1


def conffiles(tree: Tree) -> tuple[str, ...]:
    """List what an administrator may edit: every file below ``/etc`` (policy 10.7)."""
    return tuple(f"/{file.path}" for file in tree.files if file.path.startswith("etc/"))


def md5sums(tree: Tree) -> bytes:
    """List the digest of every file that is not a conffile, for ``dpkg --verify``."""
    lines = (
        f"{file.digests.md5}  {file.path}\n"
        for file in tree.files
        if not file.path.startswith("etc/")
    )
    return "".join(lines).encode("utf-8", "surrogateescape")
