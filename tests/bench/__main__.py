"""`python -m tests.bench [section…] [--minutes N]`: every section by default."""

import argparse

from tests.bench import cells, chain, first_paint, options, session, slow_feed

SECTIONS = ("paint", "options", "chain", "cells", "slow", "session")


def main() -> None:
    """Run the chosen sections."""
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--minutes", type=float, default=10, help="of the simulated session")
    chosen = parser.parse_args()
    wanted = chosen.sections or SECTIONS
    if unknown := set(wanted) - set(SECTIONS):
        parser.error(f"no section {sorted(unknown)}; there are {', '.join(SECTIONS)}")
    if "paint" in wanted:
        first_paint.run()
    if "options" in wanted:
        options.run()
    if "chain" in wanted:
        chain.run()
    if "cells" in wanted:
        cells.run()
    if "slow" in wanted:
        slow_feed.run()
    if "session" in wanted:
        session.run(chosen.minutes)


if __name__ == "__main__":
    main()
