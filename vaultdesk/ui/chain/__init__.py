"""The parts of the option chain panel."""
