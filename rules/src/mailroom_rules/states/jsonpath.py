"""The syntax of paths in the Amazon States Language."""

import re

_NAME = r"[^\s.\[\]()'\"?*@,:$]+"
_FIELD = rf"\.{_NAME}|\['[^']+'\]|\[\"[^\"]+\"\]|\[\d+\]"
_OTHER = (
    rf"\.\.{_NAME}|\.\.\*|\.\*|\[\*\]|\[-\d+\]|\[-?\d*:-?\d*(?::-?\d+)?\]|\[-?\d+(?:,\s*-?\d+)+\]"
    r"|\['[^']+'(?:,\s*'[^']+')+\]|\[\?\(.+?\)\](?=[.\[]|$)|\.(?:length|min|max|avg|sum|keys)\(\)"
)
_HEAD = r"\$\$|\$[A-Za-z_]\w*|\$"
_PATH = re.compile(rf"(?:{_HEAD})(?:{_FIELD}|{_OTHER})*")
_REFERENCE = re.compile(rf"(?:{_HEAD})(?:{_FIELD})*")
_CONTEXT = {
    "Execution": {"Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"},
    "Map": {"Item"},
    "State": {"EnteredTime", "Name", "RetryCount"},
    "StateMachine": {"Id", "Name"},
    "Task": {"Token"},
}


def path_fault(path: str, reference: bool = False) -> str | None:
    """What is wrong with a path, or None.

    https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html

    Args:
        path: As the definition says it.
        reference: Whether it must name a single node, as where a result is put.
    """
    if not _PATH.fullmatch(path):
        return f"{path!r} is not JSONPath"
    if reference and not _REFERENCE.fullmatch(path):
        return f"{path!r} may name several nodes, and this field takes one"
    if path.startswith("$$."):
        return _context_fault(path)
    return None


def _context_fault(path: str) -> str | None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html"""
    first, *rest = re.findall(r"[A-Za-z]+", path)[:2] or [""]
    known = _CONTEXT.get(first)
    if known is None or (rest and rest[0] not in known):
        return f"the context object has no {path!r}"
    return None
