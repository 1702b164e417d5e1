"""The parts of the Greeks panel."""
