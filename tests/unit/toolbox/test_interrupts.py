"""Signals that ask to end, where the code at work would not understand them."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml.constructor import RoundTripConstructor

from mailroom.deployment.template import Template
from mailroom.interrupts import interrupt_on_signals, postponed

_ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Signals are handled as the command does; afterwards as before."""
    before = {number: signal.getsignal(number) for number in _ALL}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupt_on_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", _ALL)
def test_a_postponed_interrupt_comes_at_the_end_of_the_block(number: signal.Signals) -> None:
    done = []

    def interrupted() -> None:
        with postponed():
            signal.raise_signal(number)
            done.append(number)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == [number]


def test_an_interrupt_counts_for_more_than_the_error_of_the_block() -> None:
    def interrupted() -> None:
        with postponed():
            signal.raise_signal(signal.SIGINT)
            raise ValueError

    with pytest.raises(KeyboardInterrupt):
        interrupted()


def test_what_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with postponed():
        signal.raise_signal(signal.SIGHUP)

    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_a_template_is_not_called_malformed_because_reading_it_was_interrupted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "template.yml"
    path.write_text("Resources: {R: !Ref the tagged one}\n")
    construct = RoundTripConstructor.construct_scalar

    def interrupted(self: RoundTripConstructor, node: Any) -> Any:
        if node.value == "the tagged one":
            signal.raise_signal(signal.SIGINT)
        return construct(self, node)

    monkeypatch.setattr(RoundTripConstructor, "construct_scalar", interrupted)

    with pytest.raises(KeyboardInterrupt):
        Template(path).render()
