"""LocalStack's index of AWS's operations is made once, when it is installed."""

from pathlib import Path

from mailroom.packaging.shared import INDEX
from tests.support.durable_engine import durable_engine

PATTERN = "service-catalog-*.dill"


def test_a_new_environment_uses_the_index_that_was_made_with_the_installation(
    tmp_path: Path,
) -> None:
    with durable_engine(tmp_path) as engine:
        # LocalStack looks up each call in the index, and would make one if it found none.
        engine.queue("any")

        home = tmp_path / "localstack"
        assert list((home / INDEX).glob(PATTERN))
        assert not list((home / "var").rglob(PATTERN))
