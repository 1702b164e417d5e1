"""The parts of the loan panel and of its dialogs."""
