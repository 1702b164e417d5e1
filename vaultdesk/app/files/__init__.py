"""Files of our own that people keep: facilities and hedges."""
