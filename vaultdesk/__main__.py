"""`python -m vaultdesk`."""

import sys

from vaultdesk.cli import main

if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # a worker of a bundle computes, and opens no desk
        import multiprocessing

        multiprocessing.freeze_support()
    sys.exit(main())
