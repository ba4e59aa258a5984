"""The `mailroom` command."""

import gc

# Python's threshold is 2,000 allocations: collections while modules are imported find no garbage,
# and take a sixth of the time of a command that looks.
_ALLOCATIONS = 500_000


def main() -> None:
    """Run a command. Exit codes: 0 done, 1 failed, 2 refused (nothing was touched), 3 settled
    but with dead letters, 130 interrupted."""
    gc.set_threshold(_ALLOCATIONS)
    from mailroom.cli.app import run

    run()
