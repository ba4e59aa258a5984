"""What a process of the pool becomes for a runtime that isn't Python: a program, as Node.js.

The process is started by LocalStack's own Python, which waits for the assignment and restricts
itself as for any function, and then executes the program.
"""

from collections.abc import Mapping
from pathlib import Path

from mailroom_localstack.executor.layers import Layers

NODE = "nodejs"
CLIENT = Path(__file__).parent / "nodejs" / "client.mjs"
# Of the memory that the function has; the rest is for what isn't on the heap.
HEAP_SHARE = 0.9


def is_node(runtime: str) -> bool:
    """Whether a runtime is a Node.js."""
    return runtime.startswith(NODE)


def node_program(node: Path, memory_mb: int) -> list[str]:
    """The command line of a function in Node.js."""
    heap = f"--max-old-space-size={int(memory_mb * HEAP_SHARE)}"
    return [str(node), heap, str(CLIENT)]


def node_variables(
    variables: Mapping[str, str], node: Path, runtime: str, task_root: Path, layers: Layers
) -> dict[str, str]:
    """A function's variables with where Node.js looks for modules.

    What the runtime brings, as AWS's SDK, is in ``node_modules`` beside the folder of `node`.
    See https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    brought = node.parent.parent / "node_modules"
    paths = [*layers.node_paths(runtime), str(brought), str(task_root / "node_modules")]
    return {"NODE_PATH": ":".join(paths), **variables}
