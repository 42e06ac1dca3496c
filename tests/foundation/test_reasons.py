"""Every reason code has its sentences and stands in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from parley.kernel.reasons import Reason
from parley.language.reasons import TEXTS
from scripts import reasons


def test_the_page_lists_every_code_as_the_source_has_it() -> None:
    assert reasons.faults() == []


def test_the_check_notices_a_page_that_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = tmp_path / "reasons.md"
    stale.write_text(reasons.page().replace("| `internal` |", "| `other` |"), "utf-8")
    monkeypatch.setattr(reasons, "PAGE", stale)
    assert len(reasons.faults()) == 1


def test_the_check_notices_a_code_without_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TEXTS, Reason.INTERNAL)
    assert reasons.faults() == ["no text for internal"]


@pytest.mark.parametrize("reason", Reason)
def test_a_code_and_its_sentences_have_the_form_that_users_meet(reason: Reason) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", reason.value)
    assert reason.name == reason.value.upper().replace("-", "_")
    for sentence in TEXTS[reason]:
        assert sentence[0].isupper() or sentence[0] == "{"
        assert sentence.endswith((".", "?"))
