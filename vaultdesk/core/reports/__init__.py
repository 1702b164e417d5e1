"""Documents of what was decided, of the loan, and of what happened between two dates."""
