"""The code that keeps the promise, and the test that fails without each passage of it."""

from dataclasses import dataclass

from tests.faults.code import Passage


@dataclass(frozen=True)
class Protection:
    """Code that is removed, and the test that has to fail without it.

    Attributes:
        name: The promise that the code keeps.
        test: A test below tests/faults that has to fail without it.
        passages: The code; more than one where either alone keeps the promise.
        function: The function that the code belongs to.
    """

    name: str
    test: str
    passages: tuple[Passage, ...]
    function: str = "ProcessMessages"


REPEATS_CHANGE_NOTHING = Passage(
    "process_messages/statements.py", "    ON CONFLICT (source, id) DO NOTHING\n"
)
ERRORS_ARE_RAISED = Passage(
    "process_messages/ingestion.py",
    "                raise\n        except (Reject",
    "                return Ingested([])\n        except (Reject",
)
_DATABASE_FIRST = (
    Passage(
        "process_messages/consumer.py",
        "            self._database.wait_until_ready(self._slot, finish_until)\n",
    ),
    Passage(
        "process_messages/workflow.py",
        "        settlement = self._database.run(0, finish_until, counting)\n"
        "        if settlement.complete or settlement.overdue:\n"
        "            return settlement.answer()\n",
        "        settlement = Settlement(request.expected, 0, 0, 0, 0, False)\n",
    ),
    Passage(
        "process_messages/workflow.py",
        "settlement import Patience, Progress, count",
        "settlement import Patience, Progress, Settlement, count",
    ),
)


def _data(*classes: str) -> Passage:
    """More classes of errors count as errors of the message's data."""
    known = '_BAD_MESSAGE = ("22", "23", "44", "54", "P0"'
    return Passage(
        "process_messages/database.py", f"{known})", f"{known}, {', '.join(map(repr, classes))})"
    )


def _ingestion(old: str, new: str) -> Passage:
    return Passage("process_messages/ingestion.py", old, new)


PROTECTIONS = [
    *(
        Protection("what is inserted again changes nothing", test, (REPEATS_CHANGE_NOTHING,))
        for test in (
            "test_database_faults.py::test_the_answer_to_a_commit_is_lost",
            "test_delivery_faults.py::test_messages_that_become_visible_while_they_are_handled",
            "test_delivery_faults.py::test_the_same_events_are_published_again",
            "test_delivery_faults.py::test_the_same_messages_are_handled_by_several_consumers_at_once",
            "test_execution_faults.py::test_an_execution_is_stopped_and_its_batch_sent_again",
            "test_killed_functions.py::test_half_way_through_its_batches_at_publish",
            "test_publish_faults.py::test_a_publish_times_out_after_it_succeeded",
        )
    ),
    *(
        Protection("an error is no success", test, (ERRORS_ARE_RAISED,))
        for test in (
            "test_database_faults.py::test_a_deadlock",
            "test_outages.py::test_it_goes_down_and_comes_back",
        )
    ),
    *(
        Protection("nothing is received before the database answers", test, _DATABASE_FIRST)
        for test in (
            "test_database_faults.py::test_no_connection_is_left",
            "test_credential_faults.py::test_a_secret_that_is_wrong",
        )
    ),
    Protection(
        "errors that pass are repeated",
        "test_database_faults.py::test_errors_that_pass",
        (_data("40", "53", "55", "57", "58", "XX"),),
    ),
    Protection(
        "a full disk passes",
        "test_full_disk.py::test_the_disk_is_full_until_space_is_freed",
        (_data("53"),),
    ),
    Protection(
        "what fails for its data is found one by one",
        "test_database_faults.py::test_a_message_that_fails_in_the_database_only",
        (
            _ingestion(
                "outcomes.dead_letters.append("
                "dead_letter(entry, Reason.UNSTORABLE, describe(error)))",
                "pass",
            ),
        ),
    ),
    Protection(
        "another content under the same id is not taken for a repeat",
        "test_delivery_faults.py::test_the_same_ids_come_with_other_content",
        (_ingestion("if digests.get(entry.key) == entry.digest:", "if entry.key in digests:"),),
    ),
    Protection(
        "an event that was ingested before is found",
        "test_killed_functions.py::test_after_its_commit_and_before_it_deletes_the_messages",
        (
            _ingestion(
                "outcomes.done.append((entry, ALREADY_THERE))",
                'outcomes.dead_letters.append(dead_letter(entry, Reason.UNSTORABLE, "there"))',
            ),
        ),
    ),
    Protection(
        "a message counts for the batch that it came with",
        "test_execution_faults.py::test_two_executions_share_the_queues",
        (
            _ingestion(
                '"batch_id": [row.batch_id for row in rows],',
                '"batch_id": [rows[0].batch_id for row in rows],',
            ),
        ),
    ),
    Protection(
        "a message is deleted after its commit, never before",
        "test_killed_functions.py::test_before_its_commit",
        (
            Passage(
                "process_messages/consumer.py",
                "            processed = self._processor.process(",
                "            self._queue.delete(batch)\n"
                "            processed = self._processor.process(",
            ),
        ),
    ),
    Protection(
        "rotated credentials are read anew",
        "test_credential_faults.py::test_credentials_are_rotated_mid_flow",
        (
            Passage(
                "process_messages/database.py",
                "            newest = self._newest_credentials()",
                "            newest = credentials",
            ),
        ),
    ),
    Protection(
        "an invalid message becomes a dead letter",
        "test_delivery_faults.py::test_poison_among_good_messages",
        (
            Passage(
                "process_messages/reading.py",
                "        return _invalid(received, error)",
                "        raise",
            ),
        ),
    ),
    Protection(
        "a key that occurs twice is refused",
        "test_bad_input.py::test_what_is_no_event_dies_with_the_field_and_its_bytes",
        (
            Passage(
                "messages/json_text.py",
                "        if len(found) == len(pairs):\n",
                "        if True:\n",
            ),
        ),
    ),
    Protection(
        "an event is stored as the text that was sent",
        "test_bad_input.py::test_numbers_beyond_64_bits_keep_their_digits",
        (
            Passage(
                "process_messages/ingestion.py",
                '"event": [entry.text for entry in entries],',
                '"event": [json.dumps(json.loads(entry.text)) for entry in entries],',
            ),
            Passage(
                "process_messages/ingestion.py",
                "from collections import",
                "import json\nfrom collections import",
            ),
        ),
    ),
    Protection(
        "an event that SNS does not take is refused before anything is sent",
        "test_bad_files.py::test_an_event_may_be_as_large_as_sns_takes_and_no_larger",
        (Passage("messages/size.py", "262_144", "262_145"),),
        "PublishMessages",
    ),
    Protection(
        "what throttles is repeated",
        "test_publish_faults.py::test_the_topic_throttles",
        (Passage("publish_messages/publisher.py", "_ATTEMPTS = 6", "_ATTEMPTS = 1"),),
        "PublishMessages",
    ),
    Protection(
        "what failed of a batch is sent again",
        "test_publish_faults.py::test_some_entries_of_a_batch_fail",
        (
            Passage(
                "publish_messages/publisher.py",
                'return [batch[int(entry["Id"])] for entry in failed], ", ".join(codes)',
                'return [], ", ".join(codes)',
            ),
        ),
        "PublishMessages",
    ),
]
