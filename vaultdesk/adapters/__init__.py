"""One file per outside party: its shapes and errors become ours at the door."""
