"""What the help generates: keys, settings, identifiers and the command line, as they really are."""

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from PySide6.QtWidgets import QApplication

import vaultdesk
from vaultdesk.settings import declared, written
from vaultdesk.settings.declared import Setting
from vaultdesk.ui.commands import Entry
from vaultdesk.ui.help.pages import page_text
from vaultdesk.ui.translation import tr

_LISTED = re.compile(r"^\| `([^`]+)` \| (.*) \|$\n?", re.MULTILINE)
_HEAD = "| Identifier | Meaning |\n| --- | --- |\n"
Rows = Iterable[tuple[str, ...]]


class Writer:
    """Writes a page out in full; `entries` gives the commands there are, `parser` their line's."""

    def __init__(
        self,
        entries: Callable[[], Iterable[Entry]],
        parser: Callable[[], argparse.ArgumentParser] | None = None,
    ) -> None:
        self._entries, self._parser = entries, parser

    def page(self, page: str) -> str:
        """The whole page as Markdown."""
        text = page_text(page)
        if page == "about":
            return text.replace("{version}", vaultdesk.__version__)
        if page == "ids":
            return (
                _LISTED.sub("", text).replace(_HEAD, "")
                + "\n"
                + ids_table(listed_ids(), living_ids())
            )
        return f"{text}\n{self._generated(page)}".rstrip() + "\n"

    def _generated(self, page: str) -> str:
        if page == "keyboard":
            return keyboard_table(self._entries())
        if page == "settings":
            return settings_text()
        if page == "command-line" and self._parser is not None:
            return command_line_text(self._parser())
        return ""


def keyboard_table(entries: Iterable[Entry]) -> str:
    """Every command with its keys, those without keys last, as a Markdown table."""
    ordered = sorted(entries, key=lambda entry: not entry.keys)
    rows = ((e.keys or "—", e.text, e.path) for e in ordered)
    return table((tr("Keys"), tr("Command"), tr("Menu")), rows)


def settings_text() -> str:
    """Every declared setting under its page of the dialog, with all there is to know of it."""
    parts = []
    for group, settings in groupby(sorted(declared(), key=_place), key=lambda one: one.group):
        parts.append(f"## {group}")
        parts += [_setting_text(one) for one in settings]
    return "\n\n".join(parts)


def command_line_text(parser: argparse.ArgumentParser) -> str:
    """Every command of the line with its flags, from the parser that reads them.

    The settings' flags belong to every command and stand on their own page.
    """
    parts = []
    for one in commands_of(parser):
        rows = ((_flag(action), action.help or "") for action in own_arguments(one))
        heads = (tr("Argument"), tr("What it does"))
        told = one.description or ""
        parts.append(f"### {one.prog}\n\n{told}\n\n{table(heads, rows)}")
    return "\n\n".join(parts)


def commands_of(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parser and those of its commands that do something, each before its own commands."""
    inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001  argparse has no public way
    if parser.get_default("command") is not None:
        yield parser
    for action in inner:
        told = {choice.dest: choice.help for choice in action._choices_actions}  # noqa: SLF001
        for name, verb in action.choices.items():
            verb.description = verb.description or _sentence(told.get(name) or "")
            yield from commands_of(verb)


def own_arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """What a command takes beside the settings and its help."""
    settings = {setting.name for setting in declared()}
    return [
        action
        for action in parser._actions  # noqa: SLF001
        if action.dest not in settings
        and not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)  # noqa: SLF001
    ]


def listed_ids() -> dict[str, str]:
    """The identifiers other tools may rely on and their meanings, from the help page."""
    return dict(_LISTED.findall(page_text("ids")))


def living_ids() -> dict[str, str]:
    """The identifiers of all controls that exist right now, and their meanings."""
    return {
        widget.accessibleIdentifier(): widget.accessibleDescription()
        for widget in QApplication.allWidgets()
        if widget.accessibleIdentifier()
    }


def ids_table(listed: Mapping[str, str], living: Mapping[str, str]) -> str:
    """Both, by identifier; the page's meaning before the control's own."""
    meanings = dict(living) | dict(listed)
    rows = ((f"`{i}`", meanings[i]) for i in sorted(meanings))
    return table((tr("Identifier"), tr("Meaning")), rows)


def table(headings: tuple[str, ...], rows: Rows) -> str:
    """A Markdown table."""
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _place(setting: Setting) -> int:
    """Pages come in the order of their first settings, as in the dialog."""
    return list(dict.fromkeys(s.group for s in declared())).index(setting.group)


def _setting_text(setting: Setting) -> str:
    when = tr("Followed at once.") if setting.live else tr("Takes effect at the next start.")
    facts = tr("At first {default}; allowed: {allowed}.").format(
        default=f"`{written(setting.default)}`" if written(setting.default) else tr("empty"),
        allowed=setting.allowed,
    )
    ways = f"`{setting.flag}` · `{setting.variable}`"
    return f"#### {setting.name}\n\n{setting.sentence}\n\n{facts} {when}\n\n{ways}"


def _flag(action: argparse.Action) -> str:
    """A flag with what follows it, as it is typed."""
    if not action.option_strings:
        return f"`{action.metavar or action.dest}`"
    what = action.metavar if isinstance(action.metavar, str) else ""
    if not what and action.choices:
        what = "{" + ",".join(str(choice) for choice in action.choices) + "}"
    takes = "" if action.nargs == 0 else " " + (what or action.dest.upper())
    return ", ".join(f"`{option}{takes}`" for option in action.option_strings)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
