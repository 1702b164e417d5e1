"""The parts of the comparison."""
