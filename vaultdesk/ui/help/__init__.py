"""The help inside the program: its pages, written and generated, and the search over them."""
