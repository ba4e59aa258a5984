"""Start LocalStack as `python -m localstack.runtime.main` does, or print the plugin's changes.

Garbage isn't collected while LocalStack imports its modules; `startup.garbage_collection` turns
the collection on again.
"""

import argparse
import gc
import json


def main() -> None:
    """Run the command; without one, start LocalStack."""
    parser = argparse.ArgumentParser(prog="python -m mailroom_localstack")
    commands = parser.add_subparsers(dest="command")
    command = commands.add_parser("patches", help="print what the plugin changes in LocalStack")
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if options.command == "patches":
        from mailroom_localstack import patch_table, patches

        found = patches.changes(patches.START, *patches.services())
        told = patch_table.as_json(found)
        print(json.dumps(told, indent=2) if options.json else patch_table.as_table(told))
        return
    gc.disable()
    from localstack.runtime.main import main as start

    start()


if __name__ == "__main__":
    main()
