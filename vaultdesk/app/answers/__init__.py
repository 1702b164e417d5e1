"""What a desk answers as plain values: to the command line, to the server, to files."""
