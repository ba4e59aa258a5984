"""What SAM makes of a template is kept for the next start."""

import json
from pathlib import Path
from typing import Any

from tests.support.durable_engine import DurableEngine, durable_engine


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
    client.get_waiter("stack_create_complete").wait(StackName="echo", WaiterConfig={"Delay": 1})
    processed = client.get_template(StackName="echo", TemplateStage="Processed")["TemplateBody"]
    client.delete_stack(StackName="echo")
    client.get_waiter("stack_delete_complete").wait(StackName="echo", WaiterConfig={"Delay": 1})
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

        changed = transformed(engine, template(256))

        assert changed["Echo"]["Properties"] == {**first["Echo"]["Properties"], "MemorySize": 256}
        assert set(first) == {"Echo", "EchoRole"}


def test_a_kept_template_that_is_damaged_is_transformed_again(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        first = transformed(engine, template(128))
        [kept] = tmp_path.rglob("cache/transformed/*")
        kept.write_text("{")

        assert transformed(engine, template(128)) == first
        assert json.loads(kept.read_text())["Resources"] == first
