"""One module per schema version, applied in order and never edited afterwards."""
