"""Memory above the function's is the end of its process."""

from .conftest import MakeFunction

MEGABYTE = 1 << 20


def test_a_function_over_its_memory_is_killed(make_function: MakeFunction) -> None:
    function = make_function(
        """
        def handler(event, context):
            hoard = []
            while True:
                hoard.append(bytearray(1 << 20))
        """,
        memory_mb=128,
    )

    result = function.invoke()

    assert result.value == {
        "errorType": "Runtime.OutOfMemory",
        "errorMessage": f"RequestId: {result.request_id}"
        " Error: Runtime exited with error: signal: killed",
    }
    assert "\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t" in result.report
    assert result.report.rstrip().endswith("\tStatus: error\tError Type: Runtime.OutOfMemory")


def test_memory_used_for_a_moment_counts(make_function: MakeFunction) -> None:
    function = make_function(
        f"def handler(event, context): return len(bytearray(200 * {MEGABYTE}))", memory_mb=128
    )

    assert function.invoke().value["errorType"] == "Runtime.OutOfMemory"


def test_memory_of_a_functions_children_counts(make_function: MakeFunction) -> None:
    function = make_function(
        """
        import subprocess, sys

        def handler(event, context):
            hoard = "import time; hoard = bytearray(200 << 20); time.sleep(60)"
            subprocess.run([sys.executable, "-c", hoard])
        """,
        memory_mb=128,
    )

    result = function.invoke()

    assert result.value["errorType"] == "Runtime.OutOfMemory"
    assert result.seconds < 9


def test_a_function_within_its_memory_is_told_how_much_it_used(
    make_function: MakeFunction,
) -> None:
    function = make_function(
        f"def handler(event, context): return len(bytearray(50 * {MEGABYTE}))", memory_mb=128
    )

    result = function.invoke()

    used = int(result.report.partition("Max Memory Used: ")[2].partition(" ")[0])
    assert not result.is_error
    assert 50 < used < 128


def test_the_next_invocation_has_a_new_process(make_function: MakeFunction) -> None:
    function = make_function(
        f"def handler(event, context): return len(bytearray((event or 1) * {MEGABYTE}))",
        memory_mb=128,
    )
    function.invoke(200)

    assert function.invoke(10).value == 10 * MEGABYTE
