"""The parts of the positions panel."""
