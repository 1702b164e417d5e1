"""Documents drawn as PDF by reportlab, the same bytes wherever they are drawn."""

from vaultdesk.adapters.documents.pdf import Stopped, pdf

__all__ = ["Stopped", "pdf"]
