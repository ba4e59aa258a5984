"""What SAM makes of a template is kept for the next start."""

import json
from pathlib import Path
from typing import Any

from mailroom.deployment.stack import Stack
from tests.support.durable_engine import DurableEngine, durable_engine
from tests.support.flow import until


def template(memory: int) -> str:
    """One with a function, from which SAM makes a role, too."""
    properties = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "InlineCode": "def handler(event, context): return event",
        "MemorySize": memory,
    }
    return json.dumps(
        {
            "Transform": "AWS::Serverless-2016-10-31",
            "Resources": {"Echo": {"Type": "AWS::Serverless::Function", "Properties": properties}},
        }
    )


def transformed(engine: DurableEngine, body: str) -> dict[str, Any]:
    """Deploy it; the resources that SAM made of it."""
    client = engine.session.client("cloudformation")
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    client.create_stack(StackName="echo", TemplateBody=body, Capabilities=capabilities)
    until(lambda: Stack(client, "echo").status() == "CREATE_COMPLETE", "the stack", 60)
    processed = client.get_template(StackName="echo", TemplateStage="Processed")["TemplateBody"]
    client.delete_stack(StackName="echo")
    until(lambda: Stack(client, "echo").status() is None, "the end of the stack", 60)
    found: dict[str, Any] = processed if isinstance(processed, dict) else json.loads(processed)
    return dict(found["Resources"])


def test_a_template_is_transformed_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        first = transformed(engine, template(128))
        [kept] = tmp_path.rglob("cache/transformed/*")

        engine.restart()

        assert transformed(engine, template(128)) == first
        assert list(tmp_path.rglob("cache/transformed/*")) == [kept]
        # What was kept is what is used.
        kept.write_text(kept.read_text().replace("index.handler", "kept.handler"))
        used = transformed(engine, template(128))
        assert used["Echo"]["Properties"]["Handler"] == "kept.handler"

        kept.write_text("{")
        assert transformed(engine, template(128)) == first

        changed = transformed(engine, template(256))

        assert changed["Echo"]["Properties"] == {**first["Echo"]["Properties"], "MemorySize": 256}
        assert set(first) == {"Echo", "EchoRole"}
