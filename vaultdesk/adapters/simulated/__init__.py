"""A simulated market: one gold fund, its options and the metal, drawn from a seed."""

from vaultdesk.adapters.simulated.feed import SimulatedFeed

__all__ = ["SimulatedFeed"]
