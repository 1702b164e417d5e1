"""Builds every part and runs them; the only room that knows them all."""
