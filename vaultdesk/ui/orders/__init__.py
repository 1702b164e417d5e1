"""The parts of the orders panel: the broker's bar, the ticket, its preview, and the list."""
