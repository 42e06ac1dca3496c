"""What officers do at the pages, as one does it: fill in, press, read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import CDPSession, Page, expect

_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def fill(page: Page, fields: Mapping[str, str]) -> None:
    """Fill in fields by their names; a select takes one of its values."""
    for name, value in fields.items():
        field = page.locator(f'main [id="{name}"]')
        if not field.is_visible():
            field.locator("xpath=ancestor::details[not(@open)]").locator("summary").first.click()
        if field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def press(page: Page, name: str) -> None:
    """Press a button of the page itself, and wait for what comes."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def write(page: Page, fields: Mapping[str, str], **where: str) -> str:
    """Write a draft and keep it; ``where`` is its type, and its case or channel. Its address."""
    page.goto("/write?" + "&".join(f"{name}={value}" for name, value in where.items()))
    fill(page, fields)
    press(page, "Save the draft")
    page.wait_for_url(re.compile(r"/drafts/[0-9a-f]+"))
    return re.sub(r"\?.*", "", page.url)


def freeze(page: Page, draft: str) -> None:
    """Freeze a draft for approval."""
    page.goto(draft)
    press(page, "Freeze the text for approval")
    expect(page.get_by_text("Hash of the frozen text")).to_be_visible()


def passkey(page: Page) -> CDPSession:
    """Give a window's computer a passkey of its own (WebDriver, virtual authenticators)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    return session
