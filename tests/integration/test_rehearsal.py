"""`mailroom rehearse`, against a second, new emulator."""

from pathlib import Path

from tests.support.command import Command

_CHECKOUT = Path(__file__).parents[2]


def test_a_release_goes_the_whole_way_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = Command(_CHECKOUT, tmp_path)

    said = command.run("rehearse", seconds=900).stderr

    acts = [
        "deploy",
        "refuses what has not passed its tests",
        "promote an update that changes a queue",
        "a promotion that fails goes back",
        "rollback",
        "delete",
    ]
    assert all(f"✓ {act} (" in said for act in acts), said
    assert list(tmp_path.iterdir()) == []
