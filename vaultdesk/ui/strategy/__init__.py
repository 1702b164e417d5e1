"""The parts of the strategy builder."""
