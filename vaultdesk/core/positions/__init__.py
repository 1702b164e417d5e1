"""What is held at the broker and elsewhere, and how long and how far it protects the loan."""
