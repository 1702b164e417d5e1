"""Runs in a bundle before the program: what the bundle changed is put back for other programs.

The bundle's starter points LD_LIBRARY_PATH at its own libraries, which this process has read by
now; a player of sounds or a browser that is started from here needs those of the system. And
OpenSSL looks for the authorities' certificates where the machine had them that built the bundle;
where there are none, those that came along are taken.
"""

import os
import sys
from pathlib import Path

before = os.environ.pop("LD_LIBRARY_PATH_ORIG", "")
if before:
    os.environ["LD_LIBRARY_PATH"] = before
else:
    os.environ.pop("LD_LIBRARY_PATH", None)

if sys.platform == "linux" and not {"SSL_CERT_FILE", "SSL_CERT_DIR"} & os.environ.keys():
    import _ssl  # without the rest of `ssl`, which the first paint does not wait for

    _, file, _, folder = _ssl.get_default_verify_paths()
    if not Path(file).is_file() and not any(Path(folder).glob("*")):
        inside = Path(sys._MEIPASS)  # type: ignore[attr-defined]  # noqa: SLF001 - PyInstaller's
        os.environ["SSL_CERT_FILE"] = str(inside / "certifi" / "cacert.pem")
