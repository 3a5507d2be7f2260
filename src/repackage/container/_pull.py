"""From a registry to a layout in a directory of the cache; every byte has its digest."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from repackage.container._document import Descriptor, Index, platform_of, read_document
from repackage.container._model import Pulled, RegistrySettings, Silent
from repackage.container._shelf import ImageShelf
from repackage.errors import FetchError, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repackage.container._document import Manifest
    from repackage.container._model import Progress
    from repackage.container._platform import Platform
    from repackage.container._reference import Reference
    from repackage.container._remote import Remote

T = TypeVar("T")

#: An index may list indexes; more than this is none that anybody wrote.
_DEEPEST = 4


def pull(  # noqa: PLR0913 - what, where from and where to, and three that may be left out
    reference: Reference,
    *,
    platform: Platform,
    into: Path,
    offline: bool = False,
    settings: RegistrySettings | None = None,
    progress: Progress | None = None,
) -> Pulled:
    """Have the image of a reference for a platform as an OCI layout below ``into``.

    What a digest names is not asked for again; a tag is, unless ``offline``.

    Raises:
        UsageError: The reference names neither a tag nor a digest.
        FetchError: It cannot be had, has other bytes, or is for other platforms.
        StoreError: The directory cannot be written.
    """
    if not reference.pointed:
        raise UsageError.of(
            f"{str(reference)!r} names neither a tag nor a digest",
            advice="with @sha256:… it is the same image each time",
        )
    with ExitStack() as stack:
        pulling = _Pull(
            reference=reference,
            platform=platform,
            shelf=ImageShelf(into),
            offline=offline,
            settings=settings or RegistrySettings(),
            progress=progress or Silent(),
            stack=stack,
        )
        return pulling()


@dataclass(kw_only=True, slots=True)
class _Pull:
    """One image, and how it comes here."""

    reference: Reference
    platform: Platform
    shelf: ImageShelf
    offline: bool
    settings: RegistrySettings
    progress: Progress
    stack: ExitStack
    connected: Remote | None = None

    def __call__(self) -> Pulled:
        """Find the manifest, then what it names."""
        first = self.reference.digest or self._digest()
        digest, data, manifest = self._manifest(first)
        layout = self.shelf.layout(digest)
        missing = [blob for blob in manifest.blobs if not layout.has(blob)]
        if missing:
            self._remote("a blob of it").fetch(missing, layout)
        config = layout.read(manifest.config)
        found = self._read(partial(platform_of, config, where=str(self.reference)))
        if not found.fits(self.platform):
            raise self._unfit(str(found))
        described = Descriptor(
            media_type=manifest.media_type, digest=digest, size=len(data), platform=found
        )
        layout.seal(described, data, found)
        return Pulled(
            reference=replace(self.reference, digest=first),
            platform=found,
            digest=digest,
            directory=layout.directory,
        )

    def _digest(self) -> str:
        """Which digest the tag has: now, or offline when it was last asked for."""
        known = self.shelf.digest(self.reference)
        if self.offline and known:
            return known
        data, digest = self._remote("the tag").document(self.reference.tag)
        self.shelf.keep_document(digest, data)
        self.shelf.keep_digest(self.reference, digest)
        return digest

    def _manifest(self, digest: str) -> tuple[str, bytes, Manifest]:
        """Follow indexes to the manifest for the platform."""
        for _ in range(_DEEPEST):
            data = self._document(digest)
            where = f"{self.reference.place}@{digest}"
            document = self._read(partial(read_document, data, where=where))
            if not isinstance(document, Index):
                return digest, data, document
            digest = self._choice(document).digest
        raise FetchError.of("its indexes are nested too deep", where=str(self.reference))

    def _choice(self, index: Index) -> Descriptor:
        """The entry for the platform; indexes that are listed may not say what they are for."""
        for each in index.manifests:
            if each.platform is not None and each.platform.fits(self.platform):
                return each
        if len(index.manifests) == 1 and index.manifests[0].platform is None:
            return index.manifests[0]
        listed = dict.fromkeys(str(each.platform) for each in index.manifests if each.platform)
        raise self._unfit(", ".join(name for name in listed if "unknown" not in name))

    def _document(self, digest: str) -> bytes:
        data = self.shelf.document(digest)
        if data is None:
            data, _ = self._remote("its manifest").document(digest)
            self.shelf.keep_document(digest, data)
        return data

    def _remote(self, what: str) -> Remote:
        """Talk to the registry, if that is allowed."""
        if self.offline:
            raise FetchError.of(
                f"{what} is not in the cache, and the network is off limits",
                where=str(self.reference),
                advice="do it once without --offline",
            )
        if self.connected is None:
            from repackage.container._client import Client  # urllib3 takes long to import
            from repackage.container._remote import Remote

            client = self.stack.enter_context(Client.of(self.settings))
            self.connected = Remote(
                client=client, reference=self.reference, progress=self.progress
            )
        return self.connected

    def _read(self, read: Callable[[], T]) -> T:
        """Blame a registry for what cannot be read."""
        try:
            return read()
        except InputError as error:
            raise FetchError(*error.problems) from error

    def _unfit(self, found: str) -> FetchError:
        return FetchError.of(
            f"there is no image for {self.platform} of that name: it is for {found or 'none'}",
            where=str(self.reference),
            advice="choose another image, or another target",
        )
