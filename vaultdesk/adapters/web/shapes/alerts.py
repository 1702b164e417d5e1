"""Alert rules as `/api/alerts/configure` gives and takes them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from vaultdesk.adapters.web.shapes.kinds import Moment, Number, Seconds

TimeOfDay = Annotated[
    str,
    Meta(
        pattern=r"^(|([01][0-9]|2[0-3]):[0-5][0-9])$",
        description="HH:MM on the desk's clock; empty for no quiet hours.",
    ),
]
Duration = Annotated[float, Meta(ge=0, le=31_536_000, description="Seconds, a year at most.")]
Wait = Annotated[float, Meta(gt=0, le=31_536_000, description="Seconds, more than none.")]
Level = Annotated[
    str,
    Meta(pattern=r"^-?[0-9]{1,20}(\.[0-9]{1,20})?$", description="A decimal, exact, as text."),
]
Band = Annotated[
    str,
    Meta(pattern=r"^[0-9]{1,20}(\.[0-9]{1,20})?$", description="A decimal of 0 or more, as text."),
]


Channel = Literal["desktop", "sound", "mail", "webhook"]
CHANNELS: tuple[Channel, ...] = ("desktop", "sound", "mail", "webhook")


class RuleAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line not to be crossed in silence; rising tells a value at or above it."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")]
    metric: Literal["ltv", "utilisation", "sigma", "price", "fx", "data", "expiry", "coverage"]
    threshold: Level
    severity: Literal["info", "warning", "critical", "closeout"]
    subject: Annotated[str, Meta(max_length=40)] = ""
    rising: bool = True
    clear_band: Band = "0.005"
    cooldown_s: Duration = 300
    escalate_after_s: Wait | None = None
    channels: tuple[Channel, ...] = CHANNELS
    enabled: bool = True


class AlertConfiguration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules and the quiet hours."""

    rules: Annotated[list[RuleAnswer], Meta(max_length=500)]
    quiet_from: TimeOfDay
    quiet_to: TimeOfDay


class AlertAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An alert that was raised; null prices are those of alerts that rest on none."""

    id: str
    rule: str
    event: str
    severity: Literal["info", "warning", "critical", "closeout"]
    at: Moment
    metric: str
    subject: str
    value: Number
    threshold: Number
    sentence: str
    price: Number | None
    source: str
    quality: str
    age_s: Seconds | None
