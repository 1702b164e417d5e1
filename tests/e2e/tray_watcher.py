"""A system tray on the session bus: it keeps the icons that programs register, as a panel would.

Run by Debian's own Python, as `atspi_driver.py`. It says "ready", then `+ SERVICE` for each icon
that comes; asked `tooltip` it says what the newest icon says, told `activate` it clicks on it.
The protocol is StatusNotifierItem's: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem
"""

import json
import sys

from gi.repository import Gio, GLib  # type: ignore[import-not-found]

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM, ITEM_PATH = "org.kde.StatusNotifierItem", "/StatusNotifierItem"
PATIENCE_MS = 5000
SAYS = f"""
<node>
  <interface name="{WATCHER}">
    <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
    <method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
    <property name="RegisteredStatusNotifierItems" type="as" access="read"/>
    <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
    <property name="ProtocolVersion" type="i" access="read"/>
    <signal name="StatusNotifierItemRegistered"><arg type="s"/></signal>
    <signal name="StatusNotifierHostRegistered"/>
  </interface>
</node>
"""


def say(words: str) -> None:
    """One line to the test."""
    print(words, flush=True)  # noqa: T201


class Watcher:
    """The tray; a registered icon is known by the bus name of its program."""

    def __init__(self) -> None:
        self._bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self._icons: list[str] = []
        interface = Gio.DBusNodeInfo.new_for_xml(SAYS).interfaces[0]
        self._bus.register_object("/StatusNotifierWatcher", interface, self._call, self._get, None)
        Gio.bus_own_name_on_connection(
            self._bus, WATCHER, Gio.BusNameOwnerFlags.NONE, lambda *_: say("ready"), None
        )

    def obey(self, word: str) -> None:
        """Do what the test asks, of the newest icon."""
        if word == "tooltip":
            _, _, title, text = self._ask(
                "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (ITEM, "ToolTip"))
            )[0]
            say(json.dumps([title, text]))
        elif word == "activate":
            self._ask(ITEM, "Activate", GLib.Variant("(ii)", (0, 0)))
            say("done")

    def _ask(self, interface: str, method: str, arguments: object) -> tuple[tuple[str, ...], ...]:
        answer = self._bus.call_sync(
            *(self._icons[-1], ITEM_PATH, interface, method, arguments),
            *(None, Gio.DBusCallFlags.NONE, PATIENCE_MS, None),
        )
        unpacked: tuple[tuple[str, ...], ...] = answer.unpack()
        return unpacked

    def _call(self, *call: object) -> None:
        _, sender, _, _, method, _, invocation = call
        if method == "RegisterStatusNotifierItem":
            self._icons.append(str(sender))
            say(f"+ {sender}")
        invocation.return_value(None)  # type: ignore[attr-defined]

    def _get(self, *question: object) -> object:
        return {
            "RegisteredStatusNotifierItems": GLib.Variant("as", self._icons),
            "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
            "ProtocolVersion": GLib.Variant("i", 0),
        }[str(question[4])]


def main() -> None:
    """Be a tray until the input ends."""
    loop, watcher = GLib.MainLoop(), Watcher()

    def read(_source: object, _condition: object) -> bool:
        line = sys.stdin.readline()
        if line:
            watcher.obey(line.strip())
        else:
            loop.quit()
        return bool(line)

    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, read)
    loop.run()


if __name__ == "__main__":
    main()
