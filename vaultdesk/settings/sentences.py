"""What is wrong with a setting, in the words of whoever has to mend it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vaultdesk.settings.declared import Setting, declared

_PATH_OF_ERROR = re.compile(r"^(?P<reason>.*?)(?: - at `\$\.(?P<name>\w+)`)?$")
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]+)`")
_BOUND = re.compile(r"Expected `(?P<kind>int|float)` (?P<sign>[<>]=?) (?P<bound>\S+)$")
_KIND = re.compile(r"Expected `(?P<kind>\w+)`, got")
_KINDS = {
    "bool": "it is true or false",
    "int": "a whole number is wanted",
    "float": "a number is wanted",
    "str": "a text is wanted",
}
_SIGNS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


def explained(
    error: str,
    path: Path,
    file: Mapping[str, Any],
    variables: Mapping[str, str],
    flags: Mapping[str, Any],
) -> str:
    """What msgspec says, with the place where the value stands and what the setting is for."""
    if unknown := _UNKNOWN.search(error):
        return (
            f"{path} has '{unknown['name']}', which is no setting: correct its name or remove it."
        )
    match = _PATH_OF_ERROR.match(error)
    name = (match and match["name"]) or "?"
    setting = next((s for s in declared() if s.name == name), Setting(name, None, ""))
    if name in flags:
        where, value = setting.flag, flags[name]
    elif name in variables:
        where, value = setting.variable, variables[name]
    else:
        where, value = f"'{name}' in {path}", file.get(name)
    return f"{where} cannot be '{value}' ({reason(error)}). {setting.sentence}".strip()


def reason(error: str) -> str:
    """The bare reason, without the place: "a number of at least 1 is wanted"."""
    match = _PATH_OF_ERROR.match(error)
    said = match["reason"] if match else error
    if "matching regex" in said or said.startswith("Invalid enum value"):
        return "not one of those allowed"
    if bound := _BOUND.match(said):
        kind = "a whole number of" if bound["kind"] == "int" else "a number of"
        return f"{kind} {_SIGNS[bound['sign']]} {float(bound['bound']):,g} is wanted"
    if wanted := _KIND.match(said):
        return _KINDS.get(wanted["kind"], "not one of those allowed")
    return (said[:1].lower() + said[1:]).replace("`", "")
