"""`python -m vaultdesk`."""

import sys

from vaultdesk.cli import main

sys.exit(main())
