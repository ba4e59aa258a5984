"""The layers of a function, and where its runtime looks in them.

Lambda unpacks all layers into `/opt`, later ones over earlier ones. Here each stays in a folder of
its own, and is looked into from the last to the first.

See https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layers:
    """The folders of a function's layers, in the order in which the function names them.

    Attributes:
        folders: all of them.
        live: those whose changes are seen by the next invocation.
    """

    folders: Sequence[Path] = ()
    live: Sequence[Path] = ()

    def below(self, *names: str) -> list[str]:
        """A path in each layer for each name, the last layer first."""
        return [str(folder / name) for folder in reversed(self.folders) for name in names]

    def python_paths(self, runtime: str) -> list[str]:
        """What precedes the runtime's own packages in ``sys.path``."""
        return self.below(f"python/lib/{runtime}/site-packages", "python")

    def node_paths(self, runtime: str) -> list[str]:
        """What ``NODE_PATH`` begins with."""
        major = runtime.removeprefix("nodejs").removesuffix(".x")
        return self.below(f"nodejs/node{major}/node_modules", "nodejs/node_modules")


NO_LAYERS = Layers()
