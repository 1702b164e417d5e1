"""A hedge and its loan put to the test."""
