"""A keyring that keeps passwords in the clear, and thinks highly of itself."""

from keyring.backend import KeyringBackend


class PlaintextKeyring(KeyringBackend):
    """As those of keyrings.alt."""

    priority = 100

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password
