"""Findings as SARIF, which code scanning reads.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import hashlib
from typing import Any

from mailroom.checking.finding import Finding

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: list[Finding]) -> dict[str, Any]:
    """One run with all findings; those that are suppressed carry the reason."""
    rules = list({finding.rule: finding for finding in findings}.values())
    order = {finding.rule: index for index, finding in enumerate(rules)}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "mailroom-check", "rules": [_rule(r) for r in rules]}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, order[finding.rule]) for finding in findings],
            }
        ],
    }


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.rule,
        "shortDescription": {"text": finding.why},
        "help": {"text": f"{finding.fix}\n{finding.page}"},
        "helpUri": finding.page,
        "defaultConfiguration": {"level": finding.severity.value},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    identity = f"{finding.rule}\0{finding.at.file}\0{finding.message}"
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": f"{finding.message}. {finding.fix}."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": finding.at.file, "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": finding.at.line},
                }
            }
        ],
        "partialFingerprints": {"mailroom/v1": hashlib.sha256(identity.encode()).hexdigest()},
        "suppressions": [{"kind": "inSource", "justification": finding.suppressed}]
        if finding.suppressed
        else [],
    }
