"""The parts of the alerts panel and of the dialog of rules."""
