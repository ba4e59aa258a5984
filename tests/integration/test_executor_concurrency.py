"""Invocations that overlap have an execution environment each."""

from concurrent.futures import ThreadPoolExecutor

from tests.support.functions import Functions
from tests.support.meeting import HERE, Meeting

MEETS = """
    import os, tempfile
    from meeting import here

    def handler(event, context):
        here(event)
        return [os.getpid(), tempfile.gettempdir(), context.log_stream_name]
"""


def test_two_invocations_at_once_run_at_once_in_environments_of_their_own(
    functions: Functions, this_machine: str
) -> None:
    function = functions.make(MEETS, modules={"meeting": HERE})

    with ThreadPoolExecutor() as pool, Meeting(this_machine) as meeting:
        results = [pool.submit(function.invoke, meeting.address) for _ in range(2)]
        # Both are there, and neither has gone.
        meeting.arrival()
        meeting.arrival()
        meeting.end()
        one, other = (result.result() for result in results)

    assert one.error is None
    assert other.error is None
    assert all(a != b for a, b in zip(one.value, other.value, strict=True))


def test_invocations_one_after_the_other_share_an_environment(functions: Functions) -> None:
    function = functions.make("""
        import os
        invocations = []

        def handler(event, context):
            invocations.append(context.aws_request_id)
            return [os.getpid(), len(invocations)]
    """)

    results = [function.invoke().value for _ in range(3)]

    assert [count for _, count in results] == [1, 2, 3]
    assert len({process for process, _ in results}) == 1
