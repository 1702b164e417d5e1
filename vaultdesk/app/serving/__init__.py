"""The desk as a server, with a window or without."""
