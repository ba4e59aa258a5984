"""An open page shows what happens, without being loaded again."""

from playwright.sync_api import Page, expect

from mailroom.environments.environment import Environment


def test_a_message_in_a_queue_appears_on_the_open_flow_page(
    page: Page, console: str, environment: Environment
) -> None:
    sqs = environment.session.client("sqs")
    url = environment.topology.queue("UnroutedQueue").url
    sqs.purge_queue(QueueUrl=url)
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
        sqs.purge_queue(QueueUrl=url)
