"""VaultDesk: a desktop workstation for people who borrow against what they own."""

__version__ = "0.1.0"
