"""The dialog of settings and credentials."""
