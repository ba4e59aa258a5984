"""An open page shows what happens, without being loaded again."""

import pytest
from playwright.sync_api import Page, expect

from mailroom.environments.environment import Environment
from mailroom.testing.purging import purge
from tests.support.flow import until
from tests.support.rejected import DeadLetters

# `heard` is what the stream has sent, `renewed` the blocks whose content was replaced.
_WATCH = """
window.heard = [];
window.renewed = [];
addEventListener("DOMContentLoaded", () => {
  const observer = new MutationObserver((found) => {
    window.renewed.push(...found.map((one) => one.target.getAttribute("sse-swap")));
  });
  for (const block of document.querySelectorAll("[sse-swap]")) {
    observer.observe(block, { childList: true });
  }
  document.addEventListener("htmx:sseBeforeMessage", (event) => heard.push(event.target.id));
});
"""


def test_a_message_in_a_queue_appears_on_the_open_flow_page(
    page: Page, console: str, environment: Environment
) -> None:
    sqs = environment.session.client("sqs")
    url = environment.topology.queue("UnroutedQueue").url
    purge(sqs, url)
    page.goto(f"{console}/flow")
    depth = page.locator("#node-UnroutedQueue")
    expect(depth).to_contain_text("empty")
    expect(page.locator("#connection.on")).to_be_attached()

    sent = sqs.send_message(QueueUrl=url, MessageBody="<script>window.broken = 1</script>")
    try:
        expect(depth).to_contain_text("1 waiting")
        page.goto(f"{console}/queues/UnroutedQueue")
        expect(page.locator("pre")).to_have_text("<script>window.broken = 1</script>")
        expect(page.get_by_text(sent["MessageId"])).to_be_visible()
        assert page.evaluate("window.broken") is None
    finally:
        purge(sqs, url)


@pytest.mark.parametrize(
    ("path", "block", "text"),
    [
        ("/dead-letters", "messages", "there <before> & stays"),
        ("/flow", "node-AlertDeadLetterQueue", "1 waiting"),
    ],
)
def test_what_has_not_changed_is_not_replaced(
    page: Page, console: str, dead: DeadLetters, path: str, block: str, text: str
) -> None:
    dead.add('{"is": "there <before> & stays"}')
    # The console may have measured the queues a moment before.
    page.goto(f"{console}{path}")
    expect(page.locator(f"#{block}")).to_contain_text(text)
    page.add_init_script(_WATCH)

    page.goto(f"{console}{path}")
    until(lambda: page.evaluate(f"heard.includes('{block}')"), "the stream")
    assert page.evaluate(f"renewed.includes('{block}')") is False

    dead.add("is new")
    until(lambda: page.evaluate(f"renewed.includes('{block}')"), "the stream")


def test_a_click_is_not_lost_when_its_block_changes_between_press_and_release(
    page: Page, console: str, dead: DeadLetters
) -> None:
    page.add_init_script(_WATCH)
    page.goto(f"{console}/queues")
    link = page.locator("#queues").get_by_role("link", name=dead.queue)
    until(lambda: page.evaluate("heard.includes('queues')"), "the stream")
    link.hover()
    page.mouse.down()
    page.evaluate("heard.length = renewed.length = 0")

    dead.add("comes between")
    until(lambda: page.evaluate("heard.includes('queues')"), "the stream")
    assert page.evaluate("renewed.includes('queues')") is False
    page.mouse.up()

    page.wait_for_url(f"**/queues/{dead.queue}")
