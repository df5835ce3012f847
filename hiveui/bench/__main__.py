"""`python -m hiveui.bench`: measure speed on this machine, plain tmux beside."""

import argparse
import json
import sys

from hiveui.bench.figures import Measured
from hiveui.bench.main import run, write
from hiveui.bench.rows import ROWS
from hiveui.errors import HiveError


def main() -> int:
    """Measure, and print a table. Exit status: 0 all reached, 1 something not, 2 an unknown row, 130 interrupted."""
    rows = "\n".join(f"  {row.name:<14}{row.what}" for row in ROWS)
    parser = argparse.ArgumentParser(
        prog="hive bench",
        description="Measure speed on this machine, plain tmux beside.",
        epilog=f"rows:\n{rows}\n\nexample: hive bench echo cpu --quick",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="what to measure; everything if none is named")
    parser.add_argument("--keys", type=int, metavar="N", help="keys a row and side (1,000)")
    parser.add_argument("--quick", action="store_true", help="fewer keys, shorter turns: a first look")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--write", action="store_true", help="put the rows into docs/bench.md")
    chosen = parser.parse_args()
    try:
        results = run(chosen.rows, chosen.keys, quick=chosen.quick, heard=_say)
    except HiveError as error:
        sys.stderr.write(f"{error} {error.hint}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    if chosen.write:
        write(results)
    sys.stdout.write(json.dumps(results.document(), indent=1) if chosen.json else results.table())
    sys.stdout.write("\n")
    return 0 if results.reached else 1


def _say(row: Measured) -> None:
    """Show that something happens: a row takes up to minutes."""
    sys.stderr.write(f"{row.row} ({row.seconds:.0f} s)\n")
    for _, *cells in row.lines():
        sys.stderr.write(f"    {'  '.join(cells)}\n")


if __name__ == "__main__":
    sys.exit(main())
