"""How long and how often a server is asked, by the variables that uv knows."""

from __future__ import annotations

import pytest

from repackage.errors import UsageError
from repackage.fetch import FetchSettings


def test_a_server_may_be_silent_for_half_a_minute_and_is_asked_five_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("UV_HTTP_TIMEOUT", raising=False)
    monkeypatch.setenv("UV_HTTP_RETRIES", "")

    assert (FetchSettings().timeout, FetchSettings().retries) == (30, 4)


def test_the_variables_of_uv_are_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "120")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")

    assert (FetchSettings().timeout, FetchSettings().retries) == (120, 0)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "soon", "٣", "86401", "9" * 5000])
def test_what_is_no_number_of_seconds_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("UV_HTTP_TIMEOUT", text)

    with pytest.raises(UsageError, match=r"UV_HTTP_TIMEOUT: .* is not a number") as refused:
        FetchSettings()

    assert refused.value.problems[0].advice == "1 to 86400"
