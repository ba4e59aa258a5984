"""How a change set is shown, and who is asked."""

import pytest

from mailroom.cli.aws.reporting import TerminalReporter
from mailroom.cli.options import confirm
from mailroom.deployment.change_set import Change, Kind
from mailroom.errors import Refused

_QUEUE, _FUNCTION = "AWS::SQS::Queue", "AWS::Lambda::Function"


def test_every_change_is_named_and_a_loss_of_data_is_shouted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    changes = (
        Change(Kind.changed, "PublishMessagesFunction", _FUNCTION, ("Code",)),
        Change(Kind.replaced, "AlertQueue", _QUEUE, ("QueueName",)),
    )

    TerminalReporter(yes=True).changes("mailroom-dev", changes)

    said = capsys.readouterr().err
    assert "~ changed: PublishMessagesFunction (AWS::Lambda::Function) [Code]" in said
    assert "! replaced: AlertQueue (AWS::SQS::Queue) [QueueName]" in said
    assert "WHAT IS IN AlertQueue WILL BE LOST" in said
    assert "PublishMessagesFunction WILL" not in said


def test_without_a_terminal_nothing_is_taken_for_a_yes() -> None:
    with pytest.raises(Refused) as refusal:
        confirm("Delete everything?")

    assert "--yes" in refusal.value.hint


def test_yes_agrees_to_everything() -> None:
    assert TerminalReporter(yes=True).confirm("Delete everything?")
