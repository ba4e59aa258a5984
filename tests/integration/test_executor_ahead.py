"""The function that `up` invokes next is initialised as soon as it is there."""

import uuid

from tests.support.functions import Functions
from tests.support.meeting import HERE, Meeting

COMES = """
    import os
    from meeting import here

    here([os.environ["HOST"], int(os.environ["PORT"])])

    def handler(event, context):
        return event
"""
FAILS = """
    raise LookupError("nothing to begin with")
"""


def name() -> str:
    """What CloudFormation would call it."""
    return f"test-MigrateDatabaseFunction-{uuid.uuid4().hex[:8]}"


def test_it_begins_before_it_is_invoked(functions: Functions, this_machine: str) -> None:
    with Meeting(this_machine) as meeting:
        host, port = meeting.address
        function = functions.make(
            COMES,
            modules={"meeting": HERE},
            variables={"HOST": str(host), "PORT": str(port)},
            FunctionName=name(),
        )

        meeting.arrival()

    assert function.invoke({"a": 1}).value == {"a": 1}


def test_if_its_init_fails_the_caller_gets_the_error(functions: Functions) -> None:
    function = functions.make(FAILS, FunctionName=name())

    result = function.invoke()

    assert result.error == "Unhandled"
    assert result.value["errorType"] == "LookupError"
