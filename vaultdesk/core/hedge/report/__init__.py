"""A decision about a hedge as a document: every text final, every number the engine's."""

from vaultdesk.core.hedge.report.decision import Made, comparison_report, found_report
from vaultdesk.core.hedge.report.document import Report

__all__ = ["Made", "Report", "comparison_report", "found_report"]
