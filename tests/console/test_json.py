"""Each page is served as JSON at the same address, with what it shows and without what it hides."""

from playwright.sync_api import Page

# What only the page of this name has.
KEYS = {
    "flow": "nodes",
    "node": "permissions",
    "batches": "batches",
    "batch": "steps",
    "find": "found",
    "message": "way",
    "messages": "counts",
    "queues": "queues",
    "queue": "can_list",
    "dead letters": "reasons",
    "unrouted": "reasons",
    "activity": "calls",
    "send": "samples",
    "unknown": "error",
}


def test_each_page_is_served_as_json_at_its_address(
    page: Page, console: str, pages: dict[str, str]
) -> None:
    for name, path in pages.items():
        address, _, query = path.partition("?")
        answer = page.request.get(f"{console}{address}.json?{query}")
        assert answer.status == (404 if name == "unknown" else 200), name
        assert answer.headers["content-type"] == "application/json", name
        assert KEYS[name] in answer.json(), name
        assert KEYS.keys() == pages.keys()


def test_a_page_leads_to_its_json_with_the_same_query(page: Page, console: str) -> None:
    page.goto(f"{console}/messages?type=alert&limit=1")

    page.get_by_role("link", name="This page as JSON").click()

    page.wait_for_url("**/messages.json?type=alert&limit=1")


def test_a_functions_json_has_the_names_of_its_variables_and_no_values(
    page: Page, console: str
) -> None:
    answer = page.request.get(f"{console}/flow/ProcessMessagesFunction.json").text()

    assert "DATABASE_SECRET_ARN" in answer
    assert ":secret:" not in answer.replace("secretsmanager:GetSecretValue", "")
