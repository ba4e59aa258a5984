"""An application of several runtimes, with a layer and a database: live, and as zips."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.environments.ports import free_port
from tests.support.command import Command

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  DatabaseSecretArn: {Type: String}
Globals:
  Function: {Timeout: 10, Layers: [!Ref SharedLayer]}
Resources:
  SharedLayer:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer}
  OldFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      CodeUri: old
      Handler: app.handler
      Environment: {Variables: {SECRET: !Ref DatabaseSecretArn}}
  NodeFunction:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs22.x, CodeUri: node, Handler: index.handler}
"""
OLD = """\
import os, sys
import six
import shared
def handler(event, context):
    version = ".".join(map(str, sys.version_info[:2]))
    return [version, six.__version__, shared.NAME, ":secret:" in os.environ["SECRET"]]
"""
NODE = """\
import shared from "shared";
export const handler = async () => [process.version.split(".")[0], shared.name];
"""
FILES = {
    "template.yaml": TEMPLATE,
    "mailroom.toml": "database = true\n",
    "old/app.py": OLD,
    "old/requirements.txt": "six==1.17.0\n",
    "node/index.mjs": NODE,
    "layer/python/shared.py": "NAME = 'layer'\n",
    "layer/nodejs/node_modules/shared/index.js": "module.exports = { name: 'layer' };\n",
}


@pytest.fixture(scope="module")
def mailroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    folder = tmp_path_factory.mktemp("runtimes")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    command = Command(folder, folder / ".mailroom", free_port())
    try:
        yield command
    finally:
        command.run("reset", "--yes")


@pytest.mark.parametrize("options", [[], ["--packaged"]], ids=["live", "packaged"])
def test_each_function_runs_with_its_requirements_and_its_layer(
    mailroom: Command, options: list[str]
) -> None:
    mailroom.run("up", *options, seconds=400)

    assert mailroom.json("invoke", "old")["answer"] == ["3.12", "1.17.0", "layer", True]
    assert mailroom.json("invoke", "node")["answer"] == ["v22", "layer"]


def test_its_database_is_reached_by_url(mailroom: Command) -> None:
    mailroom.run("up", seconds=400)

    said = mailroom.run("database", "psql", "--", "-tAc", "SELECT current_user").stdout

    assert said.strip() == "mailroom"
    assert "DATABASE_URL=postgresql://mailroom:" in mailroom.run("env").stdout


def test_an_edited_layer_is_seen_by_the_next_invocation(mailroom: Command) -> None:
    mailroom.run("up", seconds=400)
    layer: Path = mailroom.checkout / "layer" / "python" / "shared.py"
    layer.write_text("NAME = 'edited layer'\n")

    answer = mailroom.json("invoke", "old")["answer"]

    layer.write_text("NAME = 'layer'\n")
    assert answer[2] == "edited layer"
