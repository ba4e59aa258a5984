"""What `mailroom types add` is given wrongly is refused with the sentence that helps."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailroom.cli.app import app

FILES = {
    "half.jsonl": '{"a": [\n',
    "empty.json": "{}",
    "half.json": "{",
    "bytes.json": "\udcff",
}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "fields are required"),
        ("--field a:text --from-sample half.jsonl", "fields can be given in one way only"),
        ("--field amount", "a field has a type, as in amount:text"),
        ("--field a:text --field a:int", "--field a: there more than once"),
        ("--field a:money", "'money' is no type of a field"),
        ("--from-sample none.jsonl", "none.jsonl: No such file or directory"),
        ("--from-sample half.jsonl", "half.jsonl:1: not JSON"),
        ("--from-schema none.json", "none.json: No such file or directory"),
        ("--from-schema empty.json", "empty.json: this is no JSON Schema of an object"),
        ("--from-schema half.json", "half.json: not JSON"),
        ("--from-schema bytes.json", "bytes.json: this is not UTF-8"),
    ],
)
def test_it_is_refused_before_a_file_is_written(
    words: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_bytes(text.encode(errors="surrogateescape"))
    monkeypatch.chdir(tmp_path)
    written: list[object] = []
    monkeypatch.setattr("mailroom.types.folder.add_type", lambda *given, **_: written.append(given))

    run = CliRunner().invoke(app, ["types", "add", "invoice", *words.split()])

    error = run.exception
    shown = f"{run.output} {error} {getattr(error, 'hint', '')}"
    assert said in shown
    assert run.exit_code != 0
    assert written == []
