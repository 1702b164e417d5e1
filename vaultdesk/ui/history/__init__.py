"""The parts of the LTV history panel."""
