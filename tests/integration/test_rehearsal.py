"""`mailroom rehearse`, against a second, new emulator."""

from pathlib import Path

from tests.support.command import Command

_CHECKOUT = Path(__file__).parents[2]


def test_a_release_goes_the_whole_way_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = Command(_CHECKOUT, tmp_path)

    said = command.run("rehearse", seconds=900).stderr

    steps = [
        "deploy",
        "a release without passed tests is refused",
        "promote a changed queue, and events",
        "a promotion that fails is rolled back",
        "rollback",
        "delete",
    ]
    assert all(f"✓ {step} (" in said for step in steps), said
    assert list(tmp_path.iterdir()) == []
