"""The one way a text of the window is put into the user's language; English is the source."""

from PySide6.QtCore import QCoreApplication

CONTEXT = "vaultdesk"


def tr(text: str) -> str:
    """The text in the user's language, the text itself where nobody has translated it.

    What varies stands in braces and is filled in afterwards: `tr("{name} is kept").format(name=…)`.
    """
    return QCoreApplication.translate(CONTEXT, text)
