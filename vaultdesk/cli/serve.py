"""`vaultdesk serve`: watch without a window, and answer other programs."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from vaultdesk.cli.reading import OK, flags, is_demo, profile

if TYPE_CHECKING:
    import argparse


def add(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command to the parser's."""
    serve = commands.add_parser(
        "serve", help="watch without a window and answer other programs", parents=[common]
    )
    serve.add_argument("--json", action="store_true", help="say as JSON where it listens")
    token = serve.add_mutually_exclusive_group()
    token.add_argument(
        "--show-token", action="store_true", help="print the token that programs send, and end"
    )
    token.add_argument(
        "--new-token", action="store_true", help="make another token, print it, and end"
    )
    serve.set_defaults(command=_serve)


def _serve(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.serving import headless  # noqa: PLC0415

    chosen = profile(namespace)
    if namespace.show_token or namespace.new_token:
        print(asyncio.run(headless.token(chosen, new=namespace.new_token)))  # noqa: T201
        return OK
    given = flags(namespace, demo=is_demo(namespace))
    headless.serve(chosen, given, as_json=namespace.json, say=_complain)
    return OK


def _complain(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201
