"""Officers come in: by link, by passkey, by password; and show anew who they are to authorise."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from parley.application import sign_in
from parley.cli.demo.stage import AUTHORISER, DRAFTER
from tests.web.acting import fill, passkey, press
from tests.web.desks import Desks, People

PASSWORD = "seven grey herons at noon"


def test_a_first_quarter_of_an_hour_with_a_passkey(desks: Desks, people: People) -> None:
    link = sign_in.link(desks.us.desk, DRAFTER).url(desks.us.origin)
    page = people.sit(desks.us, None)
    passkey(page)
    page.goto(link)
    assert "#" not in page.url
    press(page, "Come in")
    page.get_by_role("link", name="Add a passkey").click()
    fill(page, {"name": "a stick"})
    press(page, "Add a passkey")
    expect(page.get_by_role("cell", name="a stick", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/sign-in")
    page.goto("/cases")
    page.wait_for_url(re.compile("/sign-in"))
    press(page, "Sign in with a passkey")
    page.wait_for_url("**/cases")
    expect(page.get_by_role("navigation").get_by_text(DRAFTER)).to_be_visible()


def test_a_link_opens_once(desks: Desks, people: People) -> None:
    link = sign_in.link(desks.us.desk, DRAFTER).url(desks.us.origin)
    first, second = people.sit(desks.us, None), people.sit(desks.us, None)
    for page in (first, second):
        page.goto(link)
        press(page, "Come in")
    expect(first.get_by_role("heading", level=1)).to_contain_text("Welcome")
    expect(second.get_by_role("alert")).to_be_visible()


def test_a_password_that_is_wrong_and_one_that_is_right(desks: Desks, people: People) -> None:
    desk = desks.us.desk
    token = sign_in.link(desk, AUTHORISER).token
    signed = sign_in.with_link(desk, token, client="127.0.0.1", agent="a test")
    sign_in.set_password(desk, signed.session, PASSWORD)
    page = people.sit(desks.us, None)
    page.goto("/sign-in")
    fill(page, {"name": AUTHORISER, "password": "something else"})
    press(page, "Sign in with the password")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("#name").input_value() == AUTHORISER
    assert page.locator("#password").input_value() == ""
    fill(page, {"password": PASSWORD})
    press(page, "Sign in with the password")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
