"""How Python's dates and times travel."""

import datetime as dt
import zoneinfo
from typing import Any

# Where a time zone has a name, the name travels beside the moment.


def _write_moment(encoder: Any, value: dt.datetime | dt.time) -> list[Any]:
    zone = value.tzinfo
    name = zone.key if isinstance(zone, zoneinfo.ZoneInfo) else None
    text = (value.replace(tzinfo=None) if name else value).isoformat()
    tag = "datetime" if isinstance(value, dt.datetime) else "time"
    return [tag, text, name, value.fold]


def _read_moment(kind: Any, text: str, name: str | None, fold: int) -> Any:
    value = kind.fromisoformat(text).replace(fold=fold)
    return value if name is None else value.replace(tzinfo=zoneinfo.ZoneInfo(name))


WRITERS: dict[type, Any] = {
    dt.datetime: _write_moment,
    dt.time: _write_moment,
    dt.date: lambda encoder, value: ["date", value.isoformat()],
    dt.timedelta: lambda encoder, value: [
        "timedelta",
        value.days,
        value.seconds,
        value.microseconds,
    ],
}

READERS: dict[str, Any] = {
    "datetime": lambda decoder, *parts: _read_moment(dt.datetime, *parts),
    "time": lambda decoder, *parts: _read_moment(dt.time, *parts),
    "date": lambda decoder, text: dt.date.fromisoformat(text),
    "timedelta": lambda decoder, *parts: dt.timedelta(*parts),
}
