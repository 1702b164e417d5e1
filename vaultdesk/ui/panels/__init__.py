"""The docked panels; each shows what the services decided and computes nothing."""
