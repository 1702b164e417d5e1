"""Everything a desk keeps as CSV or JSON, out and back in without losing a letter."""
