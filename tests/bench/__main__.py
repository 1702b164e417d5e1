"""`python -m tests.bench [section…] [--minutes N]`: every section by default."""

import argparse

from tests.bench import (
    alerts,
    cells,
    chain,
    finder,
    first_paint,
    history,
    options,
    orders,
    passage,
    serve,
    session,
    slow_feed,
    whatif,
)

SECTIONS = {
    "paint": first_paint.run,
    "options": options.run,
    "chain": chain.run,
    "finder": finder.run,
    "whatif": whatif.run,
    "passage": passage.run,
    "alerts": alerts.run,
    "history": history.run,
    "orders": orders.run,
    "cells": cells.run,
    "slow": slow_feed.run,
    "serve": serve.run,
}
"""In this order; "session" comes last and is told how long it may take."""


def main() -> None:
    """Run the chosen sections."""
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument(
        "sections", nargs="*", metavar="section", help=", ".join((*SECTIONS, "session"))
    )
    parser.add_argument("--minutes", type=float, default=10, help="of the simulated session")
    chosen = parser.parse_args()
    known = (*SECTIONS, "session")
    wanted = chosen.sections or known
    if unknown := set(wanted) - set(known):
        parser.error(f"no section {sorted(unknown)}; there are {', '.join(known)}")
    for name, run in SECTIONS.items():
        if name in wanted:
            run()
    if "session" in wanted:
        session.run(chosen.minutes)


if __name__ == "__main__":
    main()
