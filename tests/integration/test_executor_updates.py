"""A new version of a function takes over at once, and running invocations are not affected."""

from concurrent.futures import ThreadPoolExecutor

from mailroom.project import Project
from tests.support.functions import Functions
from tests.support.meeting import HERE, Meeting

SAYS = """
    import os

    def handler(event, context):
        return [{!r}, os.environ.get("TOPIC"), os.getpid()]
"""
AT_WORK = """
    from meeting import here

    def handler(event, context):
        here(event)
        import later
        {then}
        return later.VALUE
"""


def test_new_code_runs_at_the_next_invocation(functions: Functions) -> None:
    function = functions.make(SAYS.format("old"))
    old, _, process = function.invoke().value

    function.update_code(SAYS.format("new"))

    new, _, other_process = function.invoke().value
    assert (old, new) == ("old", "new")
    assert other_process != process


def test_new_variables_are_there_at_the_next_invocation(functions: Functions) -> None:
    function = functions.make(SAYS.format("same"), variables={"TOPIC": "old"})
    before = function.invoke().value

    function.configure(Environment={"Variables": {"TOPIC": "new"}})

    after = function.invoke().value
    assert (before[:2], after[:2]) == (["same", "old"], ["same", "new"])


def test_a_new_time_limit_holds_at_the_next_invocation(functions: Functions) -> None:
    function = functions.make(
        "def handler(event, context): return context.get_remaining_time_in_millis()", Timeout=5
    )
    before = function.invoke().value

    function.configure(Timeout=50)

    assert before <= 5_000 < function.invoke().value <= 50_000


def test_an_invocation_at_work_keeps_its_code_and_ends_well(
    functions: Functions, project: Project, this_machine: str
) -> None:
    modules = {"meeting": HERE, "later": "VALUE = 'old'"}
    function = functions.make(AT_WORK.format(then=""), modules=modules)
    complaints = stopped_at_work(project)

    with ThreadPoolExecutor() as pool, Meeting(this_machine) as meeting:
        result = pool.submit(function.invoke, meeting.address)
        meeting.arrival()
        function.update_code(SAYS.format("new"))
        new = function.invoke().value[0]
        meeting.end()
        old = result.result()

    assert (old.error, old.value, new) == (None, "old", "new")
    assert old.report.startswith("REPORT ")
    assert stopped_at_work(project) == complaints


def test_an_invocation_that_fails_after_an_update_is_told_why(
    functions: Functions, this_machine: str
) -> None:
    modules = {"meeting": HERE, "later": ""}
    function = functions.make(AT_WORK.format(then="import os; os._exit(5)"), modules=modules)

    with ThreadPoolExecutor() as pool, Meeting(this_machine) as meeting:
        result = pool.submit(function.invoke, meeting.address)
        meeting.arrival()
        function.update_code(SAYS.format("new"))
        function.invoke()
        meeting.end()
        old = result.result()

    assert old.value["errorType"] == "Runtime.ExitError"
    assert old.value["errorMessage"].endswith("exit status 5")


def stopped_at_work(project: Project) -> int:
    """How often LocalStack complained that an environment was stopped while it worked."""
    log = (project.logs / "localstack.log").read_text(errors="replace")
    return log.count("InvalidStatusException")
