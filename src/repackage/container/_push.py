"""From an image on this machine to registries: blobs first, manifests after their children."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from repackage.container._document import Manifest
from repackage.container._local import LocalImage
from repackage.container._model import Pushed, RegistrySettings, Silent
from repackage.container._reference import Reference
from repackage.errors import Problems, PushError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repackage.container._client import Client
    from repackage.container._document import Descriptor
    from repackage.container._local import Document
    from repackage.container._model import Progress


def push(
    image: Path,
    references: Sequence[Reference],
    *,
    name: str = "",
    settings: RegistrySettings | None = None,
    progress: Progress | None = None,
) -> tuple[Pushed, ...]:
    """Push the image of a layout, directory or archive, under each of the references.

    ``name`` says which image is meant where the layout has several. What a registry has
    is not sent again, and the layers of the base are taken from its repository there.

    Raises:
        InputError: It is no layout, or a reference cannot be that of the image.
        PushError: A registry does not take it.
    """
    from repackage.container._client import Client  # urllib3 takes long to import

    local = LocalImage.of(image)
    documents = local.documents(name)
    _check(references, documents[-1])
    with Client.of(settings or RegistrySettings()) as client:
        work = _Push(
            client=client, local=local, documents=documents, progress=progress or Silent()
        )
        return tuple(
            work.to(reference, before=references[:position])
            for position, reference in enumerate(references)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Push:
    """One image, and how it goes to each place."""

    client: Client
    local: LocalImage
    documents: Sequence[Document]
    progress: Progress

    def to(self, reference: Reference, *, before: Sequence[Reference]) -> Pushed:
        """Push it to one place; what went to other repositories ``before`` may be mounted."""
        from repackage.container._upload import Uploader

        registry = self.client.registry(reference)
        upload = Uploader(
            registry=registry,
            repository=reference.repository,
            mounts=self._mounts(reference, before),
            image=self.local,
            progress=self.progress,
        )
        moved = self.client.all(upload, self._blobs(), error=PushError)
        *children, root = self.documents
        send = _Sender(self.client, reference)
        for document in children:
            self.client.all(send.by_digest, [document], error=PushError)
        self.client.all(send.as_called, [root], error=PushError)
        return Pushed(
            reference=reference,
            digest=root.descriptor.digest,
            media_type=root.content.media_type,
            manifests=len(self.documents),
            blobs=tuple(moved),
        )

    def _blobs(self) -> list[Descriptor]:
        """The blobs of all manifests, each once, the largest first."""
        found = {
            blob.digest: blob
            for document in self.documents
            if isinstance(document.content, Manifest)
            for blob in document.content.blobs
            if blob.distributable
        }
        return sorted(found.values(), key=lambda blob: (-blob.size, blob.digest))

    def _mounts(self, reference: Reference, before: Sequence[Reference]) -> tuple[str, ...]:
        """Repositories of the same registry that may have blobs of it: its base's for one."""
        known = [each for each in before if each.host == reference.host]
        for document in self.documents:
            if isinstance(document.content, Manifest) and document.content.base:
                known += _reference(document.content.base, host=reference.host)
        names = dict.fromkeys(each.repository for each in known)
        return tuple(name for name in names if name != reference.repository)


@dataclass(frozen=True, slots=True)
class _Sender:
    """Sends the documents of one image."""

    client: Client
    reference: Reference

    def by_digest(self, document: Document) -> None:
        """Send a document that another one refers to."""
        self._send(document, document.descriptor.digest)

    def as_called(self, document: Document) -> None:
        """Send the document that the reference stands for."""
        self._send(document, self.reference.tag or document.descriptor.digest)

    def _send(self, document: Document, called: str) -> None:
        from repackage.container._registry import Body, Call
        from repackage.container._session import check_digest

        registry = self.client.registry(self.reference)
        call = Call(
            url=registry.url(self.reference.repository, f"manifests/{called}"),
            scopes=registry.scopes(self.reference.repository, "pull,push"),
            method="PUT",
            headers={"Content-Type": document.content.media_type},
            body=Body.of(document.data),
            good=frozenset({HTTPStatus.CREATED, HTTPStatus.OK, HTTPStatus.ACCEPTED}),
        )
        _, headers = registry.ask(call)
        check_digest(headers, document.descriptor.digest, where=call.url)


def _check(references: Sequence[Reference], root: Document) -> None:
    """Refuse what cannot be done before anything is."""
    problems = Problems()
    found = root.descriptor.digest
    for reference in references:
        if not reference.pointed:
            problems.add(
                f"{str(reference)!r} names no tag",
                advice=f"such as {reference}:1.0, or {reference}@{found} for none",
            )
        elif reference.digest not in {"", found}:
            problems.add(
                f"{str(reference)!r} is the name of another image",
                advice=f"this one has the digest {found}",
            )
    problems.raise_if_any(UsageError)


def _reference(text: str, *, host: str) -> list[Reference]:
    """Read the name of a base; what is none, or is elsewhere, is of no use."""
    try:
        reference = Reference.parse(text)
    except UsageError:
        return []
    return [reference] if reference.host == host else []
