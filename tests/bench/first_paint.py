"""From the start of the process to the first paint: a bare PySide6 window against the desk."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("yfinance", "pandas", "ib_insync", "pyqtgraph", "sqlalchemy", "scipy.stats")

BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, done)
def done():
    print("{}", flush=True)
    app.exit()
app = QApplication([])
window = Window()
window.resize(1280, 800)
window.show()
app.exec()
"""

DESK = (
    f"HEAVY = {HEAVY!r}"
    """
import asyncio, gc, json, sys
from vaultdesk.cli import main
gc.disable()  # as main does before it loads the window, its parts first
import vaultdesk.app.parts
from vaultdesk.app import screen
class Stop(screen.Painted):
    async def wait(self):
        await super().wait()
        heavy = [name for name in HEAVY if name in sys.modules]
        print(json.dumps({"heavy": heavy}), flush=True)
        import os
        os._exit(0)
import vaultdesk.app.desk as desk
desk.Painted = Stop
main(["--demo", "--screenshot", "unused.png"])
"""
)


def timed(code: str) -> tuple[float, dict[str, list[str]]]:
    """Seconds until the child reported its first paint, and what it reported."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "VAULTDESK_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed desk compiles nothing
        start = time.perf_counter()
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment, cwd=ROOT
        ) as child:
            assert child.stdout is not None
            line = child.stdout.readline()
            took = time.perf_counter() - start
    return took, json.loads(line)


def run(rounds: int = 7) -> None:
    """Print both medians of interleaved rounds, their ratio, and what was loaded too early."""
    timed(BARE)
    timed(DESK)
    bare, desk, heavy = [], [], set()
    for _ in range(rounds):
        bare.append(timed(BARE)[0])
        took, told = timed(DESK)
        desk.append(took)
        heavy.update(told["heavy"])
    a, b = statistics.median(bare), statistics.median(desk)
    print(f"first paint: bare PySide6 window {a * 1e3:.0f} ms, the desk {b * 1e3:.0f} ms")
    print(f"  ratio {b / a:.2f} (limit 3.0); heavy modules before it: {sorted(heavy) or 'none'}")
