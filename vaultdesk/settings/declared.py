"""The settings there are; passwords and keys are none: those go to the keyring."""

from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

PREFIX = "VAULTDESK_"

_ADDRESS = r"[^@\s,]+@[^@\s,]+"
_TIME_OF_DAY = r"^(|([01]\d|2[0-3]):[0-5]\d)\Z"


class SettingsError(ValueError):
    """A setting cannot be used; the text names it, where it stands and what is allowed."""


def _said(group: str, sentence: str, *, live: bool = False, **limits: Any) -> Meta:  # noqa: ANN401
    """What a setting is for, the page of the dialog it stands on, and what it may be.

    `live` ones are followed while the desk is open, the others at its next start.
    """
    return Meta(description=sentence, extra={"group": group, "live": live}, **limits)


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The desk's settings; each is also a flag and a variable of the same name."""

    feed: Annotated[
        str,
        _said(
            "Market",
            "Where prices come from: yahoo, ibkr, simulated or recorded:PATH.",
            pattern=r"^(yahoo|ibkr|simulated|recorded:.+)$",
        ),
    ] = "yahoo"
    symbol: Annotated[
        str,
        _said(
            "Market",
            "The symbol shown while no loan names another, in capitals.",
            pattern=r"^[A-Z0-9][A-Z0-9.=^-]{0,14}$",
        ),
    ] = "GLD"
    poll_interval_s: Annotated[
        float, _said("Market", "Seconds between two polls of a feed.", ge=1, le=3600)
    ] = 30
    fresh_for_s: Annotated[
        float,
        _said("Market", "Seconds after which a price in session is stale.", ge=1, le=3600),
    ] = 60
    chain_ttl_s: Annotated[
        float, _said("Options", "Seconds for which a fetched chain is kept.", ge=0, le=86_400)
    ] = 300
    chain_days: Annotated[
        int, _said("Options", "The chain opened first is nearest to these days.", ge=1, le=1000)
    ] = 60
    commission_per_contract: Annotated[
        float,
        _said("Options", "What the broker takes for each option contract.", ge=0, le=100),
    ] = 0.65
    commission_minimum: Annotated[
        float,
        _said("Options", "The least the broker takes for an order of one leg.", ge=0, le=1000),
    ] = 1.0
    risk_free_rate: Annotated[
        float,
        _said(
            "Options",
            "Rate per year, a fraction, used where the chain itself implies none.",
            gt=-0.05,
            lt=0.25,
        ),
    ] = 0.04
    exercise_style: Annotated[
        Literal["", "american", "european"],
        _said(
            "Options",
            "How options are exercised, american or european; empty for what was last "
            "chosen in the window, american at first.",
        ),
    ] = ""
    gold_symbol: Annotated[
        str,
        _said("Market", "Gold per ounce at the feed, for the premium; empty to ask none."),
    ] = "GC=F"
    replay_speed: Annotated[
        float,
        _said("Market", "How many times faster than life a recording plays.", gt=0, le=100_000),
    ] = 1
    simulated_seed: Annotated[int, _said("Market", "The simulated market's seed.")] = 7
    simulated_start: Annotated[
        str,
        _said("Market", "When the simulated market starts (ISO-8601 with offset); empty for now."),
    ] = ""
    simulated_ticks_per_s: Annotated[
        float, _said("Market", "The simulated market's ticks per second.", gt=0, le=100)
    ] = 1
    theme: Annotated[
        Literal["", "dark", "light"],
        _said("Desk", "The look, dark or light; empty for the one last chosen in the window."),
    ] = ""
    locale: Annotated[
        str,
        _said(
            "Desk",
            "Whose way numbers and dates are written on screen, such as de_CH; empty for this "
            "machine's own. Files always have ISO dates and decimal points.",
            pattern=r"^([a-z]{2,3}(_[A-Z]{2})?)?\Z",
        ),
    ] = ""
    request_timeout_s: Annotated[
        float, _said("Market", "Seconds a source may take to answer.", ge=1, le=120)
    ] = 15
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        _said("Desk", "How much is written to the log file."),
    ] = "info"
    call_horizon_days: Annotated[
        int,
        _said(
            "Desk",
            "Days ahead for which the probability of a margin call is computed.",
            ge=1,
            le=1000,
        ),
    ] = 90
    cluster_address: Annotated[
        str,
        _said(
            "Desk",
            "The dask scheduler whose workers compute histories, such as tcp://10.0.0.5:8786; "
            "empty for this machine's own processors.",
            pattern=r"^((tcp|tls)://\S+:\d{1,5})?\Z",
        ),
    ] = ""
    broker: Annotated[
        Literal["paper", "ibkr"],
        _said(
            "Broker",
            "Where orders go: paper, filled by the desk itself against its own quotes, or ibkr, "
            "through TWS or IB Gateway.",
        ),
    ] = "paper"
    ibkr_host: Annotated[
        str, _said("Broker", "The machine TWS runs on.", pattern=r"^[^\s/:@]+\Z")
    ] = "127.0.0.1"
    ibkr_port: Annotated[
        int,
        _said(
            "Broker",
            "Its port: usually 7497 for TWS on paper, 4002 for the gateway. Whether an account is "
            "paper is told by its name, not by the port.",
            ge=1,
            le=65_535,
        ),
    ] = 7497
    ibkr_client_id: Annotated[
        int,
        _said(
            "Broker",
            "The desk's number at TWS; no other program may use the same.",
            ge=0,
            le=999_999,
        ),
    ] = 17
    paper_cash: Annotated[
        float,
        _said("Broker", "Cash the desk's own paper account begins with.", ge=0, le=1e12),
    ] = 1_000_000
    paper_seed: Annotated[
        int, _said("Broker", "The seed of the paper broker's partial fills and slippage.")
    ] = 11
    live_orders: Annotated[
        bool,
        _said(
            "Broker",
            "Whether real-money orders can be unlocked at all; each session asks again.",
        ),
    ] = False
    order_max_contracts: Annotated[
        int,
        _said("Orders", "The most contracts of one order.", live=True, ge=1, le=1_000_000),
    ] = 500
    order_max_notional: Annotated[
        float,
        _said(
            "Orders",
            "The most money of one order, premium paid or received, in the options' currency.",
            live=True,
            ge=0,
            le=1e12,
        ),
    ] = 1_000_000
    order_max_from_mid: Annotated[
        float,
        _said(
            "Orders",
            "How far a limit may lie from the mid, as a fraction of it.",
            live=True,
            gt=0,
            le=10,
        ),
    ] = 0.25
    order_close_only: Annotated[
        bool,
        _said("Orders", "Send only orders that reduce a position.", live=True),
    ] = False
    order_market: Annotated[
        bool,
        _said("Orders", "Allow market orders on options, which fill at any price.", live=True),
    ] = False
    notify_desktop: Annotated[
        bool, _said("Alerts", "Show alerts as notifications of the desktop.", live=True)
    ] = True
    notify_sound: Annotated[bool, _said("Alerts", "Play a sound with an alert.", live=True)] = False
    notify_mail: Annotated[
        bool, _said("Alerts", "Send alerts by e-mail; see the mail settings.", live=True)
    ] = False
    notify_webhook: Annotated[
        bool, _said("Alerts", "Post alerts to a web address; see webhook_url.", live=True)
    ] = False
    quiet_from: Annotated[
        str,
        _said(
            "Alerts",
            "When quiet hours begin, HH:MM on this machine's clock: alerts are then kept back, "
            "except of a close-out; empty for none.",
            live=True,
            pattern=_TIME_OF_DAY,
        ),
    ] = ""
    quiet_to: Annotated[
        str,
        _said(
            "Alerts",
            "When quiet hours end, HH:MM; earlier than their beginning means the next morning.",
            live=True,
            pattern=_TIME_OF_DAY,
        ),
    ] = ""
    mail_host: Annotated[
        str,
        _said(
            "Mail",
            "The server that takes outgoing mail, such as smtp.example.com.",
            live=True,
            pattern=r"^[^\s/@]*\Z",
        ),
    ] = ""
    mail_port: Annotated[
        int,
        _said(
            "Mail",
            "Its port: 587 with starttls, 465 with tls.",
            live=True,
            ge=1,
            le=65_535,
        ),
    ] = 587
    mail_security: Annotated[
        Literal["starttls", "tls", "none"],
        _said(
            "Mail",
            "How the connection is protected: starttls, tls, or none, which sends no password.",
            live=True,
        ),
    ] = "starttls"
    mail_user: Annotated[
        str,
        _said("Mail", "The name to log in with; empty for a server that asks none.", live=True),
    ] = ""
    mail_from: Annotated[
        str,
        _said(
            "Mail",
            "The address alerts come from.",
            live=True,
            pattern=rf"^({_ADDRESS})?\Z",
        ),
    ] = ""
    mail_to: Annotated[
        str,
        _said(
            "Mail",
            "The addresses alerts go to, with commas between.",
            live=True,
            pattern=rf"^({_ADDRESS}(, *{_ADDRESS})*)?\Z",
        ),
    ] = ""
    webhook_url: Annotated[
        str,
        _said(
            "Webhook",
            "The https address alerts are posted to; empty for one kept under Credentials.",
            live=True,
            pattern=r"^(https?://\S+)?\Z",
        ),
    ] = ""
    webhook_shape: Annotated[
        Literal["slack", "plain"],
        _said(
            "Webhook",
            "What is posted: slack for a message that Slack shows, plain for the alert alone.",
            live=True,
        ),
    ] = "slack"
    share_folder: Annotated[
        str,
        _said(
            "Reports",
            "A folder others can read, such as a network drive, that reports are shared into; "
            "empty for none.",
            live=True,
        ),
    ] = ""
    report_mail_to: Annotated[
        str,
        _said(
            "Reports",
            "The addresses reports are mailed to, with commas between; empty for those of alerts.",
            live=True,
            pattern=rf"^({_ADDRESS}(, *{_ADDRESS})*)?\Z",
        ),
    ] = ""
    serve: Annotated[
        bool,
        _said(
            "Server",
            "Answer other programs on this machine while the desk is open, as JSON; they need "
            "the token.",
            live=True,
        ),
    ] = False
    serve_host: Annotated[
        str,
        _said(
            "Server",
            "The address to listen at: 127.0.0.1 for this machine only; any other needs a token "
            "in the keyring.",
            live=True,
            pattern=r"^[0-9A-Za-z.:-]+\Z",
        ),
    ] = "127.0.0.1"
    serve_port: Annotated[
        int, _said("Server", "The port to listen at.", live=True, ge=1, le=65_535)
    ] = 8741
    serve_origins: Annotated[
        str,
        _said(
            "Server",
            "Web pages that may ask from a browser (CORS), such as https://desk.example.com, "
            "with commas between; empty for none.",
            live=True,
            pattern=r"^(https?://[^\s,/]+(, *https?://[^\s,/]+)*)?\Z",
        ),
    ] = ""
    websocket_interval_seconds: Annotated[
        float,
        _said(
            "Server",
            "Seconds between two portfolio updates to those who listen.",
            live=True,
            ge=0.2,
            le=3600,
        ),
    ] = 5
    secrets_in: Annotated[
        Literal["keyring", "session", "vault"],
        _said(
            "Credentials",
            "Where passwords are kept: the system's keyring, this session only, or a vault that "
            "a passphrase opens.",
            live=True,
        ),
    ] = "keyring"


class Setting(Struct, frozen=True):
    """One setting as the command line, the help and the dialogs show it.

    `kind` is bool, int, float or str; `choices` are all there are, where they are few; `allowed`
    says in words what it may be.
    """

    name: str
    default: Any
    sentence: str
    group: str = ""
    live: bool = False
    kind: type = str
    choices: tuple[str, ...] = ()
    allowed: str = ""

    @property
    def flag(self) -> str:
        """Its command-line flag."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return PREFIX + self.name.upper()


def declared() -> tuple[Setting, ...]:
    """Every setting with its default and its sentence, in order."""
    return tuple(_setting(field) for field in msgspec.structs.fields(Settings))


def written(value: object) -> str:
    """A value as it is typed into a field or a flag."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _setting(field: msgspec.structs.FieldInfo) -> Setting:
    bare, meta = get_args(field.type)
    extra = meta.extra
    choices = get_args(bare) if get_origin(bare) is Literal else ()
    kind = str if choices else bare
    return Setting(
        name=field.name,
        default=field.default,
        sentence=meta.description,
        group=extra["group"],
        live=extra["live"],
        kind=kind,
        choices=choices,
        allowed=_allowed(kind, choices, meta),
    )


def _allowed(kind: type, choices: tuple[str, ...], meta: Meta) -> str:
    """What a value may be, in words: "a whole number, at least 1, at most 3600"."""
    if choices:
        return ", ".join(choice or "empty" for choice in choices)
    if kind is bool:
        return "true, false"
    if kind is str:
        return "a text"
    bounds = (
        ("more than", meta.gt),
        ("at least", meta.ge),
        ("less than", meta.lt),
        ("at most", meta.le),
    )
    told = (f"{words} {bound:,.15g}" for words, bound in bounds if bound is not None)
    return ", ".join(("a whole number" if kind is int else "a number", *told))
