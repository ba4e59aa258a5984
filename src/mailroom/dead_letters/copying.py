"""Copies the messages of one environment into the same queue of another."""

from mailroom.dead_letters.queued_messages import Wanted, look
from mailroom.dead_letters.receiver import Taker
from mailroom.environments.environment import Environment


def pull(source: Environment, target: Environment, queue: str, wanted: Wanted) -> int:
    """Copy messages with their attributes; they stay where they are, visible as before.

    A message whose body is in the target's queue already is not copied again.

    Args:
        source: Where they are. On AWS looking is receiving: their receive count rises.
        target: A local environment.
        queue: Logical name of the queue in both.
        wanted: Which.

    Returns:
        How many were copied.
    """
    client, url = target.session.client("sqs"), target.outputs[f"{queue}Url"]
    # LocalStack's window into a queue shows no white space around a body.
    known = {letter.body.strip() for letter in look(target, (queue,), Wanted())}
    count = 0
    for letters in Taker(source, queue).take(wanted):
        for letter in letters:
            if letter.body.strip() not in known:
                client.send_message(
                    QueueUrl=url, MessageBody=letter.body, MessageAttributes=letter.attributes
                )
                known.add(letter.body.strip())
                count += 1
    return count
