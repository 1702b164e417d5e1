"""Charts: what they are told, and how pyqtgraph draws it."""
