"""Whole working days at two desks, in browsers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from parley.application import cases, draft_keeping, officers, sign_in
from parley.application.writing import Writing
from parley.cli.demo import house
from parley.cli.demo.stage import (
    AUTHORISER,
    CUSTODIAN,
    DEPUTY,
    DRAFTER,
    DUTY,
    LEGAL,
    PARTIES,
)
from parley.domain.catalogue import spec_of
from parley.domain.shape import Scope
from tests.web import story
from tests.web.acting import fill, freeze, passkey, press, write
from tests.web.desks import Desks, People, Served

INQUIRY = {
    "subject.en": "Logins at night",
    "severity": "high",
    "incident.en": "Incident 9",
    "facts.en": "Somebody came in at night from addresses of yours.",
    "questions.1.text.en": "Whose addresses are they?",
    "reply-wanted": "10d",
    "registry-own": "US-9",
}

MORE = "Which of them were seen before?"


def with_passkey(people: People, at: Served, officer: str) -> Page:
    """A window of an officer who has a passkey, as after the first quarter of an hour."""
    page = people.sit(at, None)
    passkey(page)
    page.goto(sign_in.link(at.desk, officer).url(at.origin))
    press(page, "Come in")
    page.goto("/me/passkeys")
    fill(page, {"name": "a stick"})
    press(page, "Add a passkey")
    expect(page.get_by_role("cell", name="a stick", exact=True)).to_be_visible()
    return page


def clear(page: Page, draft: str) -> None:
    """Clear a frozen text, as its lawyer."""
    page.goto(draft)
    press(page, "Clear the text")


def authorise(page: Page, draft: str) -> None:
    """Authorise a frozen text; who it is was asked a while ago, and is asked anew."""
    page.goto(draft)
    press(page, "Authorise the text")
    if (
        "/drafts/" not in page.url
        or page.get_by_role("button", name=re.compile("^Confirm")).count()
    ):
        press(page, "Confirm with a passkey")
        page.wait_for_url(re.compile("/drafts/"))
    if page.get_by_role("button", name="Authorise the text").count():
        press(page, "Authorise the text")
    expect(page.get_by_text("Signed and queued")).to_be_visible()


class Releasing:
    """Whoever clears and authorises at each desk, each before a window of their own."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._lawyers: dict[str, Page] = {}
        self._authorisers: dict[str, Page] = {}

    def release(self, at: Served, draft: str) -> None:
        """Have a frozen draft cleared, where its type wants that, and authorised."""
        kept = draft_keeping.find(at.desk, AUTHORISER, draft.rpartition("/")[2])
        if spec_of(kept.type).cleared_by:
            if at.origin not in self._lawyers:
                self._lawyers[at.origin] = self._people.sit(at, LEGAL)
            clear(self._lawyers[at.origin], draft)
        if at.origin not in self._authorisers:
            # Who has just signed in need not be asked again.
            self._authorisers[at.origin] = self._people.sit(at, AUTHORISER)
        authorise(self._authorisers[at.origin], draft)


def case_of(desks: Desks, kind: Scope, subject: str) -> str:
    """A case of the story by words of its subject."""
    return next(
        one.row.case_id.hex()
        for one in cases.summaries(desks.us.desk, DUTY)
        if one.row.kind == kind and subject in one.subject.get("en", "")
    )


def test_from_a_draft_to_a_detailed_answer(desks: Desks, people: People) -> None:
    us, ru = desks.us, desks.ru
    asking = people.sit(us, DRAFTER)
    draft = write(asking, INQUIRY, type="inquiry")
    freeze(asking, draft)
    clear(people.sit(us, LEGAL), draft)
    authoriser = with_passkey(people, us, AUTHORISER)
    desks.pair.clock.now += 1800
    authorise(authoriser, draft)
    authoriser.locator("main").get_by_role("link", name=re.compile("^Case")).first.click()
    case = re.sub(r".*/cases/", "", authoriser.url)
    desks.settle()

    duty = people.sit(ru, DUTY)
    duty.goto("/")
    duty.get_by_role("link", name="Logins at night").first.click()
    assert duty.url.endswith(case)
    duty.goto(f"/write?case={case}&type=acknowledgement")
    press(duty, "Sign and send at once")
    desks.settle()

    answering = people.sit(ru, DRAFTER)
    answering.goto(f"/write?case={case}&type=detailed-answer")
    expect(answering.get_by_text("Whose addresses are they?")).to_be_visible()
    answer = write(
        answering,
        {"answers.1.text.en": "A provider's. It has cut them off.", "answers.1.status": "answered"},
        case=case,
        type="detailed-answer",
    )
    freeze(answering, answer)
    clear(people.sit(ru, LEGAL), answer)
    authorise(with_passkey(people, ru, AUTHORISER), answer)
    desks.settle()

    asking.goto(f"/cases/{case}")
    expect(asking.get_by_text("A provider's. It has cut them off.").first).to_be_visible()


@pytest.mark.parametrize("is_same_officer", [True, False], ids=["two tabs", "two officers"])
def test_two_write_one_draft_and_nothing_is_lost(
    desks: Desks, people: People, is_same_officer: bool
) -> None:
    first = people.sit(desks.us, DRAFTER)
    draft = write(first, INQUIRY, type="inquiry")
    if is_same_officer:
        second = first.context.new_page()
    else:
        officers.add(desks.us.desk, "another", ["drafter"])
        second = people.sit(desks.us, "another")
    first.goto(f"{draft}?view=edit")
    second.goto(f"{draft}?view=edit")
    fill(first, {"facts.en": "What the first officer knows."})
    press(first, "Save the draft")
    fill(second, {"facts.en": "What the second officer knows."})
    press(second, "Save the draft")
    expect(second.get_by_role("alert")).to_contain_text("Somebody else has saved")
    assert second.locator('[id="facts.en"]').input_value() == "What the second officer knows."
    expect(second.locator("del", has_text="first").first).to_be_visible()
    fill(second, {"facts.en": "What both officers know."})
    press(second, "Save the draft")
    first.goto(f"{draft}?view=read")
    expect(first.get_by_text("What both officers know.")).to_be_visible()


def test_minutes_that_are_not_agreed_stand_in_both_versions(desks: Desks, people: People) -> None:
    case = case_of(desks, Scope.MEETING, "Hamburg")
    ours, releasing = people.sit(desks.us, DRAFTER), Releasing(people)
    text = "Both sides spoke for two hours."
    draft = write(ours, {"items.1.text.en": text}, case=case, type="minutes-draft")
    freeze(ours, draft)
    releasing.release(desks.us, draft)
    desks.settle()
    theirs = people.sit(desks.ru, DRAFTER)
    other = "Their side spoke, ours listened."
    draft = write(theirs, {"items.1.text.en": other}, case=case, type="minutes-not-agreed")
    freeze(theirs, draft)
    releasing.release(desks.ru, draft)
    desks.settle()
    for page in (ours, theirs):
        page.goto(f"/meetings/{case}")
        # Words that one version alone has are marked, also for who hears the page.
        for version in ("Both sides.*spoke.*for two hours", "Their side.*spoke.*, ours listened"):
            expect(page.get_by_role("cell", name=re.compile(version))).to_be_visible()


def test_a_recused_officer_finds_nothing_of_the_matter(desks: Desks, people: People) -> None:
    case = case_of(desks, Scope.INQUIRY, "scans")
    page = people.sit(desks.us, DRAFTER)
    page.goto("/cases")
    expect(page.locator(f'a[href="/cases/{case}"]')).to_have_count(1)
    page.goto("/recusals")
    fill(page, {"cases": case, "delegate": DEPUTY})
    press(page, "Keep out from now on")
    for path in ("/", "/cases", "/cases?open=1", "/search?q=scans", "/drafts"):
        page.goto(path)
        assert case not in page.content(), path
        assert "scans of a test network" not in page.content(), path
    gone, never = (_page(page, one) for one in (case, "0" * len(case)))
    assert gone == never
    assert gone[0] == 404
    # What the other side says then reaches whoever acts instead, and the recused officer does not
    # learn that anything came.
    _replied(desks, people, case)
    for path in ("/", "/alerts", "/search?q=exercise"):
        page.goto(path)
        assert case not in page.content(), path
    deputy = people.sit(desks.us, DEPUTY)
    deputy.goto(f"/cases/{case}")
    expect(deputy.get_by_role("heading", level=1)).to_contain_text("scans")
    expect(deputy.locator("main")).to_contain_text(MORE)


def _replied(desks: Desks, people: People, case: str) -> None:
    """The other side asks one more question in a case of its own."""
    theirs = people.sit(desks.ru, DRAFTER)
    question = {"questions.1.text.en": MORE, "registry-own": "RU-3"}
    draft = write(theirs, question, case=case, type="supplement")
    freeze(theirs, draft)
    Releasing(people).release(desks.ru, draft)
    desks.settle()


def _page(page: Page, case: str) -> tuple[int, str]:
    """The status and the text of a case's page, with its number left out."""
    answer = page.goto(f"/cases/{case}")
    assert answer is not None
    return answer.status, answer.text().replace(case, "")


def test_on_the_day_of_an_expulsion_many_contacts_are_revoked_with_one_act(
    desks: Desks, people: People
) -> None:
    case = _directory(desks, 755)
    page = people.sit(desks.us, CUSTODIAN)
    page.goto(f"/contacts/{case}/revoke")
    fill(page, {"ground": "expelled"})
    press(page, "Count")
    press(page, "Freeze the draft for 755 contacts")
    page.wait_for_url(re.compile(r"/drafts/[0-9a-f]+"))
    draft = page.url.partition("?")[0]
    Releasing(people).release(desks.us, draft)
    desks.settle()
    other = people.sit(desks.ru, CUSTODIAN)
    other.goto(f"/contacts/{case}?status=active")
    expect(other.locator("main")).not_to_contain_text("Person 1")
    other.goto(f"/contacts/{case}/700")
    expect(other.locator("main")).to_contain_text("revoked")


def _directory(desks: Desks, count: int) -> str:
    """A directory of the second desk whose contacts the first one has accepted."""
    numbers = range(1, count + 1)
    values = {f"contacts/{n}/name": f"Person {n:04d}" for n in numbers}
    values |= {"offices/1/name@en": "Office of exchange", "subject@en": "People of an exchange"}
    codes = {"first": 1, "contacts": count, "offices": ((1, "diplomatic"),), "at": ((1, 1),)}
    both = story.staged(desks.pair.folders[0].parent, desks.pair)
    us, ru = (both.sides[code] for code in PARTIES)
    case = house.pass_through(ru, Writing("contact-nomination", values, codes)).act.case
    desks.settle()
    accepted = Writing("contact-acceptance", {}, {"contacts": ((1, count),)}, case=case)
    house.pass_through(us, accepted)
    desks.settle()
    return case.hex()


def test_a_proposal_with_a_bracket_is_agreed_once_it_is_resolved(
    desks: Desks, people: People
) -> None:
    case = case_of(desks, Scope.PROPOSAL, "between the two foreign ministries")
    ours, theirs = people.sit(desks.us, DRAFTER), people.sit(desks.ru, DRAFTER)
    releasing = Releasing(people)
    ours.goto(f"/write?case={case}&type=proposal-bracket&language=en&language=ru&language=ar")
    ours.locator('button[value="more:units"]').click()
    fill(
        ours,
        {
            "units.1.number": "1",
            **{f"units.1.text.{tag}": f"Another wording, {tag}." for tag in ("en", "ru", "ar")},
        },
    )
    press(ours, "Save the draft")
    ours.wait_for_url(re.compile(r"/drafts/[0-9a-f]+"))
    _sent(desks, desks.us, ours, releasing)
    theirs.goto(f"/proposals/{case}")
    expect(theirs.locator("main")).to_contain_text("Another wording, en.")
    expect(theirs.locator("main")).to_contain_text("in brackets")
    # The bracket goes by the consent of all to one wording, here to the first.
    shown = next(
        one for one in cases.summaries(desks.us.desk, DUTY) if one.row.case_id.hex() == case
    )
    opener = shown.channel.peer_index
    first = next(one for one in shown.state.substance.variants if one.owner == opener)
    consent = {"variants.1.number": "1", "variants.1.digest": first.digest}
    where = {"case": case, "type": "proposal-consent", "variants.1.offered": "1"}
    write(ours, consent, **where)
    _sent(desks, desks.us, ours, releasing)
    for page, at in ((ours, desks.us), (theirs, desks.ru)):
        write(page, {}, case=case, type="proposal-agreement")
        _sent(desks, at, page, releasing)
    for page in (ours, theirs):
        page.goto(f"/proposals/{case}")
        expect(page.locator("main .stand .badge").first).to_have_text("agreed by all")


def _sent(desks: Desks, at: Served, page: Page, releasing: Releasing) -> None:
    """Let the draft in a window go out, and arrive."""
    draft = page.url.partition("?")[0]
    freeze(page, draft)
    releasing.release(at, draft)
    desks.settle()
