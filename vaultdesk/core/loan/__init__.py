"""The loan: what is pledged, what is owed, and how far gold may fall."""
