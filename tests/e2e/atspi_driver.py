"""Reads and works another program's window through the accessibility bus: JSON lines in and out.

The bindings (python3-gi, gir1.2-atspi-2.0) belong to Debian's own Python, so this file runs under
that one, as a child process on the desktop's session bus; it imports nothing of the project.

A request is `{"do": …, "pid": …, "timeout": …, …}`, its answer `{"value": …}` or `{"error": …}`.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # type: ignore[import-not-found] # noqa: E402

LOOK_AGAIN_MS = 25
TYPED_INTO = {"text", "entry", "password text", "spin button"}
CONTROLS = {
    *("push button", "toggle button", "check box", "radio button", "combo box", "page tab list"),
    *("table", "tree table", "tree", "list", "list box", "slider", "dial", "menu bar"),
    *TYPED_INTO,
}
"""The roles of what a user can act on; their insides (cells, entries, arrows) are part of them."""


class MissingError(LookupError):
    """What was asked for did not come about in time."""


class GoneError(LookupError):
    """An accessible object went while it was looked at."""


class Desk:
    """One program's windows, by its process id."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._known: dict[str, list[Any]] = {}

    def find(self, identifier: str) -> Any:  # noqa: ANN401
        """The control of this id, the one on screen if there are several; None without one."""
        for node in self._known.get(identifier, []):
            if self._is(node, identifier) and "showing" in states(node):
                return node
        self._known = {}
        for node in self.walk():
            self._known.setdefault(node.get_accessible_id(), []).append(node)
        found = self._known.get(identifier, [])
        return next((node for node in found if "showing" in states(node)), (found or [None])[0])

    def walk(self) -> Iterator[Any]:
        """Every object of the program, but not the insides of its controls."""
        program = self._program()
        waiting = [] if program is None else [program]
        while waiting:
            node = waiting.pop()
            yield node
            if node.get_role_name() not in CONTROLS:
                count = node.get_child_count()
                children = (node.get_child_at_index(place) for place in reversed(range(count)))
                waiting += [child for child in children if child is not None]

    def _program(self) -> Any:  # noqa: ANN401
        desktop = Atspi.get_desktop(0)
        for place in range(desktop.get_child_count()):
            program = desktop.get_child_at_index(place)
            if program is not None and program.get_process_id() == self._pid:
                return program
        return None

    @staticmethod
    def _is(node: Any, identifier: str) -> bool:  # noqa: ANN401
        try:
            return bool(node.get_accessible_id() == identifier)
        except GLib.Error:
            return False


def states(node: Any) -> set[str]:  # noqa: ANN401
    """The names of the states that are on."""
    return {state.value_nick for state in node.get_state_set().get_states()}


def text(node: Any) -> str:  # noqa: ANN401
    """What a field holds, what anything else says; a no-break space reads as a space."""
    if node.get_role_name() not in TYPED_INTO or "Text" not in node.get_interfaces():
        said = node.get_name()
    else:
        said = Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))
    return re.sub("[\u00a0\u202f]", " ", said)


def facts(node: Any) -> dict[str, Any]:  # noqa: ANN401
    """Everything a test may want to know of one control."""
    box = None
    if "Component" in node.get_interfaces():
        box = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN)
    return {
        "id": node.get_accessible_id(),
        "role": node.get_role_name(),
        "name": node.get_name(),
        "text": text(node),
        "description": node.get_description(),
        "states": sorted(states(node)),
        "extents": [box.x, box.y, box.width, box.height] if box else None,
    }


def until(attempt: Callable[[], Any], seconds: float) -> Any:  # noqa: ANN401
    """What `attempt` gives once it is not None; None when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = attempt()
        except (GLib.Error, GoneError):
            value = None  # the tree changed under the look: look again
        if value is not None or time.monotonic() > deadline:
            return value
        loop = GLib.MainLoop()
        GLib.timeout_add(LOOK_AGAIN_MS, loop.quit)
        loop.run()


def wait(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """Wait until the control is there with `states` on, `without` off and `matches` in its text."""
    last: dict[str, Any] = {}
    on, off = set(request.get("states", ())), set(request.get("without", ()))
    pattern = re.compile(request.get("matches", ""))

    def look() -> dict[str, Any] | None:
        last.clear()
        node = desk.find(request["id"])
        if node is None:
            return None
        last.update(facts(node))
        now = set(last["states"])
        return last if on <= now and not off & now and pattern.search(last["text"]) else None

    found = until(look, request["timeout"])
    if found is None:
        seen = f"it was {last}" if last else "it was not there"
        wanted = {key: request[key] for key in ("matches", "states", "without") if key in request}
        raise MissingError(
            f"{request['id']}: {wanted} did not come in {request['timeout']} s; {seen}"
        )
    return dict(found)


def glance(desk: Desk, request: dict[str, Any]) -> list[str]:
    """The control's states as of now, none if it is not there."""
    try:
        node = desk.find(request["id"])
        return [] if node is None else sorted(states(node))
    except GLib.Error:
        return []


def wait_gone(desk: Desk, request: dict[str, Any]) -> bool:
    """Wait until the control is not on screen, or not there at all."""

    def look() -> bool | None:
        node = desk.find(request["id"])
        return True if node is None or "showing" not in states(node) else None

    if not until(look, request["timeout"]):
        raise MissingError(f"{request['id']} was still on screen after {request['timeout']} s")
    return True


def press(desk: Desk, request: dict[str, Any]) -> str:
    """Do the control's own action, a button's press or a box's toggle; gives its name."""
    wait(desk, {**request, "states": ["enabled", "showing"]})
    node, act = desk.find(request["id"]), Atspi.Action
    names = [act.get_action_name(node, place) for place in range(act.get_n_actions(node))]
    wanted = request.get("action") or next(n for n in ("Press", "Toggle", *names) if n in names)
    act.do_action(node, names.index(wanted))
    return str(wanted)


def focus(desk: Desk, request: dict[str, Any]) -> bool:
    """Put the keyboard into a control and wait until it is there."""
    wait(desk, {**request, "states": ["enabled", "showing"]})
    Atspi.Component.grab_focus(desk.find(request["id"]))
    wait(desk, {**request, "states": ["focused"]})
    return True


def wait_focused(desk: Desk, request: dict[str, Any]) -> str:
    """Wait until the keyboard is in something whose id matches; gives the id."""
    seen: list[str] = []

    def look() -> str | None:
        seen[:] = [n.get_accessible_id() for n in desk.walk() if "focused" in states(n)]
        return next((name for name in seen if re.search(request["matches"], name)), None)

    found = until(look, request["timeout"])
    if found is None:
        raise MissingError(f"The keyboard never got to {request['matches']}; it was in {seen}")
    return str(found)


def cells(desk: Desk, request: dict[str, Any]) -> list[list[str]]:
    """The texts of a table's first `rows` rows (all of them if None), once it has any."""
    wanted = request.get("rows")

    def look() -> list[list[str]] | None:
        node = desk.find(request["id"])
        rows, columns = (0, 0) if node is None else _size(node)
        if not rows:
            return None
        return [
            [_cell(node, row, column) for column in range(columns)]
            for row in range(min(rows, wanted or rows))
        ]

    found = until(look, request["timeout"])
    if found is None:
        raise MissingError(f"{request['id']} had no rows after {request['timeout']} s")
    return list(found)


def _size(table: Any) -> tuple[int, int]:  # noqa: ANN401
    return Atspi.Table.get_n_rows(table), Atspi.Table.get_n_columns(table)


def _cell(table: Any, row: int, column: int) -> str:  # noqa: ANN401
    cell = Atspi.Table.get_accessible_at(table, row, column)
    if cell is None:
        raise GoneError
    return str(cell.get_name())


def size(desk: Desk, request: dict[str, Any]) -> list[int]:
    """How many rows and columns a table has."""
    wait(desk, request)
    return list(_size(desk.find(request["id"])))


def ids(desk: Desk, request: dict[str, Any]) -> list[str]:
    """Every id in the program that somebody gave; Qt makes up the others from class names."""
    found = until(lambda: {node.get_accessible_id() for node in desk.walk()}, request["timeout"])
    return sorted(name for name in found or () if name and not name.startswith("QApplication."))


def controls(desk: Desk, request: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts of every control that a user can act on, on screen or not."""

    def look() -> list[dict[str, Any]]:
        return [facts(node) for node in desk.walk() if node.get_role_name() in CONTROLS]

    return list(until(look, request["timeout"]) or ())


DOES: dict[str, Callable[[Desk, dict[str, Any]], Any]] = {
    made.__name__: made
    for made in (
        *(wait, wait_gone, wait_focused, glance),
        *(press, focus, cells, size, ids, controls),
    )
}


def main() -> None:
    """Answer one line after the other until the input ends."""
    Atspi.init()
    Atspi.get_desktop(0).set_cache_mask(Atspi.Cache.NONE)
    desks: dict[int, Desk] = {}
    for line in sys.stdin:
        request = json.loads(line)
        pid = request["pid"]
        desk = desks.setdefault(pid, Desk(pid))
        try:
            answer = {"value": DOES[request["do"]](desk, request)}
        except (MissingError, GLib.Error) as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
