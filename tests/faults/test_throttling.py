"""Lambda throttles the functions: their reserved concurrency is used up."""

from tests.faults.run import Run
from tests.support.flow import until


def test_the_functions_are_throttled_for_a_while(run: Run) -> None:
    """Protection: an execution retries a throttled function, for longer than others take."""
    environment = run.flow.environment
    client = environment.session.client("lambda")
    names = [environment.outputs[f"{kind}MessagesFunctionName"] for kind in ("Publish", "Process")]
    for name in names:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        execution = run.start(run.events(50))
        until(lambda: run.failed_tasks(execution) >= 6, "six throttled invocations", 120)
    finally:
        for name, count in zip(names, (10, 40), strict=True):
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=count)

    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == 50
