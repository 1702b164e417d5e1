"""The kinds of values the answers are made of."""

from typing import Annotated, Literal

from msgspec import Meta

Number = Annotated[
    str,
    Meta(pattern=r"^-?[0-9]{1,40}(\.[0-9]{1,40})?$", description="A decimal, exact, as text."),
]
Moment = Annotated[
    str,
    Meta(
        description="A time in ISO 8601 with its offset, in UTC.",
        extra_json_schema={"format": "date-time"},
    ),
]
Day = Annotated[str, Meta(description="A date in ISO 8601.", extra_json_schema={"format": "date"})]
Seconds = Annotated[float, Meta(ge=0, description="Seconds.")]
Count = Annotated[int, Meta(ge=0)]
Quality = Annotated[
    Literal["LIVE", "DELAYED", "CACHED", "STALE", "SIMULATED", "HYPOTHETICAL"],
    Meta(description="How far a number may be trusted: no further than its worst input."),
]
