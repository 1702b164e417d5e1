"""Orders: one click sends what was previewed, and nothing is lost, doubled or sent by itself."""

from vaultdesk.services.orders.service import OrderService

__all__ = ["OrderService"]
