from __future__ import annotations

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.container import Reference
from repackage.errors import UsageError

SHA = "sha256:" + "0123456789abcdef" * 4

_words = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
_parts = st.lists(_words, min_size=1, max_size=3).flatmap(
    lambda words: st.sampled_from([".", "_", "__", "-", "---"]).map(lambda sep: sep.join(words))
)
_hosts = st.one_of(
    st.just("localhost"),
    st.lists(_words, min_size=2, max_size=4).map(".".join),
    st.sampled_from(["[::1]", "127.0.0.1"]),
)
_tags = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", fullmatch=True)
references = st.builds(
    lambda host, port, path, tag, digest: Reference(
        host=f"{host}:{port}" if port else host,
        repository="/".join(path),
        tag=tag,
        digest=digest,
    ),
    _hosts,
    st.integers(0, 65535),
    st.lists(_parts, min_size=1, max_size=4),
    st.one_of(st.just(""), _tags),
    st.sampled_from(["", SHA, "sha512:" + "ab" * 64]),
)


@given(references)
def test_what_is_written_is_read_back(reference: Reference) -> None:
    assert Reference.parse(str(reference)) == reference


@given(st.text())
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    with suppress(UsageError):
        assert str(Reference.parse(text)).lower() == text.lower()


def test_tag_and_digest_may_stand_together() -> None:
    reference = Reference.parse(f"registry.example:5000/team/app:1.0@{SHA}")

    assert reference == Reference(
        host="registry.example:5000", repository="team/app", tag="1.0", digest=SHA
    )
    assert reference.pointed
    assert not Reference.parse("registry.example/app").pointed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not name the registry's host"),
        ("app", "does not name the registry's host"),
        ("app:1.0", "does not name the registry's host"),
        ("team/app:1.0", "does not name the registry's host"),
        ("registry.example", "does not name the registry's host"),
        ("https://registry.example/app", "'https:' is no host"),
        ("registry.example:99999/app", "'registry.example:99999' is no host"),
        ("registry.example:0/app", "is no host"),
        ("-registry.example/app", "is no host"),
        ("registry.example/", "'' is no repository"),
        ("registry.example//app", "'/app' is no repository"),
        ("registry.example/app/", "'app/' is no repository"),
        ("registry.example/App", "repositories are in lower case: 'app'"),
        ("registry.example/a..b", "'a..b' is no repository"),
        ("registry.example/a___b", "is no repository"),
        ("registry.example/-a", "is no repository"),
        ("registry.example/" + "a" * 256, "at most 255 characters"),
        ("registry.example/app:", "'' is no tag"),
        ("registry.example/app:.1", "'.1' is no tag"),
        ("registry.example/app:1+local", "'1+local' is no tag"),
        ("registry.example/app:" + "1" * 129, "is no tag"),
        ("registry.example/app:1\n", "is no tag"),
        ("registry.example/app@", "'' is no digest"),
        ("registry.example/app@sha256:12", "followed by 64 lower-case hexadecimal digits"),
        ("registry.example/app@md5:" + "0" * 32, "sha256: and 64 hexadecimal digits"),
        ("registry.example/app@" + SHA.upper(), "is no digest"),
        ("registry.example/app name", "is no repository"),
        ("registry.example/ä", "is no repository"),
    ],
)
def test_what_is_no_reference_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        Reference.parse(text)

    assert said in str(caught.value)


def test_a_long_text_is_not_repeated_whole() -> None:
    with pytest.raises(UsageError) as caught:
        Reference.parse("a" * 10_000)

    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "text", ["me:hunter2@registry.example/app:1", "https://me:hunter2@registry.example/app"]
)
def test_a_login_does_not_belong_into_a_reference_and_is_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Reference.parse(text)

    assert "holds a login" in str(caught.value)
    assert "hunter2" not in str(caught.value)
