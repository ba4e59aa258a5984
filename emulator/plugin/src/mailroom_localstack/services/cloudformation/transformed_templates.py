"""Templates that AWS::Serverless transforms, kept for the next start of the same environment."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import os
from pathlib import Path
from typing import Any

from mailroom_localstack.patches import on_load, patch
from mailroom_localstack.startup.lazy_imports import calls, postpone

TRANSFORM = "samtranslator.translator.transform"
POLICIES = "samtranslator.translator.managed_policy_translator"
MODEL = "localstack.services.cloudformation.engine.v2.change_set_model_transform"
# Of one environment; the oldest go.
_KEPT = 20


@on_load()
def import_sam_when_used() -> None:
    """Import SAM's transform when a template is transformed that wasn't transformed before.

    LocalStack: imports it with CloudFormation.

    Saves: 4 % of an `up` after a `down` (0.2 s), together with `keep_transformed_templates`.

    Test: tests/unit/executor/test_optimizations.py::test_postponed_modules_are_not_imported
    """
    postpone(TRANSFORM, transform=calls(TRANSFORM, "transform"))
    postpone(POLICIES, ManagedPolicyLoader=calls(POLICIES, "ManagedPolicyLoader"))


@patch(f"{MODEL}:ChangeSetModelTransform._apply_global_serverless_transformation")
def keep_transformed_templates(
    original: Any, region_name: str, template: dict[str, Any], parameters: dict[str, Any]
) -> Any:
    """Transform a template once: the result is kept by all that it follows from.

    LocalStack: transforms it at each deployment.

    Saves: 2 % of an `up` after a `down` (0.1 s), besides the import.

    Test: tests/integration/test_transformed_templates.py
    test_a_template_is_transformed_once_and_again_when_it_has_changed
    """
    from localstack import config

    sam = importlib.import_module("samtranslator").__version__
    asked = repr([sam, region_name, template, parameters])
    folder = Path(config.dirs.cache) / "transformed"
    file = folder / hashlib.sha256(asked.encode()).hexdigest()
    with contextlib.suppress(OSError, ValueError):
        return json.loads(file.read_text())
    transformed = original(region_name=region_name, template=template, parameters=parameters)
    with contextlib.suppress(OSError, TypeError):
        text = json.dumps(transformed)
        # JSON has no keys but text, and SAM's AlwaysDeploy makes another template each time.
        if json.loads(text) == transformed and "AlwaysDeploy" not in asked:
            _keep(file, text)
    return transformed


def _keep(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(text)
    draft.replace(file)
    by_age = sorted(file.parent.iterdir(), key=lambda one: one.stat().st_mtime)
    for old in by_age[:-_KEPT]:
        old.unlink(missing_ok=True)
