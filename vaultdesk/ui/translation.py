"""The one way a text of the window is put into the user's language; English is the source.

Texts are collected by Qt's own lupdate, which reads the calls of `tr` in these files and files them
under no context:

    pyside6-lupdate -extensions py vaultdesk -ts resources/translations/vaultdesk_de.ts
    pyside6-lrelease resources/translations/vaultdesk_de.ts

What the second makes is loaded at the next start where the locale is a German one. Tables of texts
are put into the language when their module is loaded: `use` comes before that.
"""

from pathlib import Path

from PySide6.QtCore import QLocale, QTranslator

CONTEXT = ""
"""Under which lupdate files what stands in calls of a function of a module."""

_translator: QTranslator | None = None


def use(translator: QTranslator | None) -> None:
    """Take the texts of this translator from now on; None for English."""
    global _translator  # noqa: PLW0603  (Qt's own list needs an application, which comes later)
    _translator = translator


def tr(text: str, one: str = "", n: int | None = None) -> str:
    """The text in the user's language, the text itself where nobody has translated it.

    What varies stands in braces and is filled in afterwards: `tr("{name} is kept").format(name=…)`.
    Texts are written out in the call, for what is put together is not found by lupdate. A text that
    depends on a number has the words for one beside it: `tr("{n} lines", "{n} line", n)`; a
    language with further forms has them in its file.
    """
    if _translator is None:
        return one if n == 1 else text
    if n is None:
        return _translator.translate(CONTEXT, text) or text
    return _translator.translate(CONTEXT, text, one, n) or (one if n == 1 else text)


def translator(locale: QLocale, folder: Path) -> QTranslator | None:
    """The desk's texts in the language of this locale; None where nobody has translated them."""
    found = QTranslator()
    return found if found.load(locale, "vaultdesk", "_", str(folder)) else None
