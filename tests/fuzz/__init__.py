"""Everything that is read from outside, given what nobody would write: no crash, no hang."""
