"""Work that a widget starts on the loop and that ends with it; it needs no Qt."""

from vaultdesk.services.errands import Errands

__all__ = ["Errands"]
