"""The parts of the finder."""
