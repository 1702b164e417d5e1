"""The parts of What-if, and its view of history."""
