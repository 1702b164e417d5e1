"""Lets the desk speak as its user does: language, numbers and dates, before a window is loaded."""

from PySide6.QtCore import QLocale

from vaultdesk.ui import manner, theme, translation


def follow(name: str) -> None:
    """Follow the locale of this name from now on, "de_CH"; the machine's own for none.

    Comes before the modules of the window are imported, whose tables of texts are made then.
    """
    locale = manner.locale_of(name)
    manner.use(manner.manner_of(locale))
    QLocale.setDefault(manner.fields_locale(locale))
    translation.use(translation.translator(locale, theme.resources() / "translations"))
