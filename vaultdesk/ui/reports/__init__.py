"""The dialog of reports."""
