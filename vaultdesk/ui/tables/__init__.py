"""Tables of any rows, fast enough for thousands of changed cells a second."""
