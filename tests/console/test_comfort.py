"""Each page is readable: in both schemes, wide and narrow, with the keyboard, without scripts."""

import json
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import NoAxe, violations
from tests.support.events import notification
from tests.support.flow import Flow, until
from tests.support.rejected import DeadLetters

# The sum of layout shifts, in `shifted`.
_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) window.shifted += shift.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_AFTER_TWO_FRAMES = """
new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(shifted))))
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_page_is_accessible(
    chromium: Browser,
    console: str,
    dead: DeadLetters,
    pages: dict[str, str],
    scheme: Literal["light", "dark"],
) -> None:
    dead.add('{"a": "body that is long enough to be read"}')
    found: dict[str, list[str]] = {}
    with chromium.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        for name, path in pages.items():
            page.goto(console + path)
            expect(page.locator("h1")).to_be_visible()
            try:
                found[name] = violations(page)
            except NoAxe as missing:
                pytest.skip(str(missing))

    assert found == {name: [] for name in pages}


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_needs_scrolling_to_the_side(
    page: Page, console: str, dead: DeadLetters, pages: dict[str, str], width: int
) -> None:
    dead.add(f'{{"long": "{"x" * 500}"}}', detail="y" * 300)
    page.set_viewport_size({"width": width, "height": 844})
    found = {}
    for name, path in pages.items():
        page.goto(console + path)
        expect(page.locator("h1")).to_be_visible()
        found[name] = page.evaluate("document.documentElement.scrollWidth")

    assert {name: wide for name, wide in found.items() if wide > width} == {}


def test_each_page_shows_the_same_without_scripts(
    page: Page, chromium: Browser, console: str, pages: dict[str, str]
) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        for name, path in pages.items():
            plain.goto(console + path)
            page.goto(console + path)
            heading = page.locator("h1").inner_text()
            expect(plain.locator("h1"), name).to_have_text(heading)
            headings = page.locator("main h2").all_inner_texts()
            assert plain.locator("main h2").all_inner_texts() == headings, name
            assert "{{" not in plain.content()


def test_a_batch_is_sent_and_followed_without_scripts(
    chromium: Browser, console: str, flow: Flow
) -> None:
    event = notification()
    with chromium.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(f"{console}/send")
        plain.get_by_label("One CloudEvent a line").fill(json.dumps(event))
        plain.get_by_role("button", name="Check and send").click()
        batch = plain.locator("h1").inner_text()
        until(lambda: bool(flow.ingested([event])), "the row")
        plain.get_by_role("searchbox").fill(event["id"])
        plain.get_by_role("searchbox").press("Enter")

        expect(plain.get_by_role("link", name=batch)).to_be_visible()
        expect(plain.locator("#outcome")).to_have_text("ingested")


def test_keys_search_and_explain(page: Page, console: str) -> None:
    page.goto(f"{console}/queues")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url("**/flow")


def test_a_command_is_copied(chromium: Browser, console: str) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    with chromium.new_context(permissions=permissions) as context:
        page = context.new_page()
        page.goto(f"{console}/queues/AlertQueue")
        page.get_by_role("button", name="Copy: mailroom queues AlertQueue").click()

        expect(page.get_by_role("button", name="Copy: mailroom queues")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == "mailroom queues AlertQueue"


def test_a_time_is_relative_and_exact_on_hover(page: Page, console: str, dead: DeadLetters) -> None:
    dead.add("now")
    page.goto(f"{console}/dead-letters")

    time = page.locator("article time").first
    expect(time).to_contain_text("ago")
    exact = time.get_attribute("title")
    assert exact
    assert exact == time.get_attribute("datetime")


def test_no_layout_jumps_while_a_page_is_open(
    page: Page, console: str, dead: DeadLetters, pages: dict[str, str]
) -> None:
    """By Cumulative Layout Shift, which is good up to 0.1: https://web.dev/articles/cls"""
    page.add_init_script(_SHIFTS)
    jumped = {}
    for name, path in pages.items():
        page.goto(console + path)
        expect(page.locator("#connection[data-live=no], #connection.on")).to_be_attached()
        id = dead.add(f"comes while {name} is open")
        if name == "flow":
            expect(page.locator("#dead")).to_contain_text(dead.queue)
        elif name in ("queue", "dead letters"):
            expect(page.locator("main")).to_contain_text(id)
        # A shift is told after the frame in which it happens.
        jumped[name] = page.evaluate(_AFTER_TWO_FRAMES)

    assert {name: far for name, far in jumped.items() if far > 0.1} == {}


def test_what_is_live_moves_nothing_else(page: Page, console: str, dead: DeadLetters) -> None:
    page.goto(f"{console}/flow")
    expect(page.locator("#connection.on")).to_be_attached()
    picture = page.locator("svg#flow").bounding_box()
    dead.add("the first")
    expect(page.locator("#dead")).to_contain_text(dead.queue)
    assert page.locator("svg#flow").bounding_box() == picture
    dead.clear()
    page.goto(f"{console}/queues")
    expect(page.locator("#connection.on")).to_be_attached()
    expect(page.locator("canvas")).to_be_visible()
    before = page.locator("#queues tr").last.bounding_box()

    dead.add("one more")

    expect(page.locator("#queues")).to_contain_text("dead letters")
    assert page.locator("#queues tr").last.bounding_box() == before
