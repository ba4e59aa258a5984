"""The pictures of the README: `python -m tests.console.screenshots`, where an environment is up.

It sends the samples and one message that can never succeed, and looks at Flow and at the batch.
"""

from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from mailroom.console.background import ConsoleProcess
from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.project import Project
from tests.support.browser import browser

FOLDER = Path(__file__).parents[2] / "docs" / "images"
_WIDE: ViewportSize = {"width": 1280, "height": 1020}


def main() -> None:
    """Write docs/images/console-*.png."""
    project = Project.find()
    environment = connect(project)
    environment.session.client("sns").publish(
        TopicArn=environment.topology.topic_arn,
        Message='{"specversion": "1.0", "id": "1", "source": "https://example.com/disks"}',
        MessageAttributes={"type": {"DataType": "String", "StringValue": "alert"}},
    )
    console = ConsoleProcess(project)
    url = console.url or console.start(free_port())
    console.wait(url)
    FOLDER.mkdir(exist_ok=True)
    with browser() as chromium:
        page = chromium.new_page(viewport=_WIDE, color_scheme="light")
        page.goto(f"{url}/send")
        page.locator("[type=file]").set_input_files(project.root / "samples/github-events.jsonl")
        page.get_by_role("button", name="Check and send").click()
        page.wait_for_url("**/batches/**")
        page.get_by_text("succeeded").first.wait_for(timeout=120_000)
        _take(page, "console-batch")
        for scheme in ("light", "dark"):
            shown = chromium.new_page(viewport=_WIDE, color_scheme=scheme)
            shown.goto(f"{url}/flow")
            shown.locator("#connection.on").wait_for(state="attached")
            shown.locator("canvas").wait_for()
            _take(shown, f"console-flow-{scheme}")


def _take(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
