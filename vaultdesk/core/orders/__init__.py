"""Orders: what is wished for, what it will probably cost, what has become of it at the broker."""
