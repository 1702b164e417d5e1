"""Hedges of a loan by listed options: built, priced, compared, found and put to the test."""
