"""Interactive Brokers over the socket of TWS or IB Gateway."""
