"""The picture of a run."""

from pathlib import Path

from PIL import Image

from mailroom.load.plot import draw
from mailroom.load.sampling import Sample


def sample(at: float, memory: dict[str, float]) -> Sample:
    return Sample(at, int(at * 100), int(at * 80), int(at * 20), 10, memory)


def test_a_run_is_drawn_with_a_line_for_each_series(tmp_path: Path) -> None:
    path = tmp_path / "plot.png"

    draw([sample(at, {"LocalStack": 400 + at, "Postgres": 100}) for at in range(30)], path)

    with Image.open(path) as image:
        colors = {color for _, color in image.convert("RGB").getcolors(1 << 24) or []}
        assert (image.format, image.size) == ("PNG", (1000, 780))
    assert {(0x25, 0x63, 0xEB), (0xEA, 0x58, 0x0C)} <= colors


def test_one_sample_and_none_of_memory_are_enough(tmp_path: Path) -> None:
    path = tmp_path / "plot.png"

    draw([sample(0, {})], path)

    with Image.open(path) as image:
        assert image.size == (1000, 520)
