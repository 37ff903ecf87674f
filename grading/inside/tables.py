"""How pandas' Series, DataFrames, indexes, moments and missing values travel.

A table travels column by column: NumPy's values as arrays, pandas' own types (texts, categories,
nullable numbers, moments with a time zone, periods) as the arrays they are made of. pandas is
imported only when something of it travels.
"""

import re
import sys
from typing import Any

import numpy as np

from . import arrays

_ZONE = re.compile(r"(?!dateutil)[A-Za-z][A-Za-z0-9_+\-/]{0,63}|UTC[+-]\d\d:\d\d")
_FREQUENCY = re.compile(r"[A-Za-z0-9.\-+]{1,40}")
_NULLABLE = re.compile(r"U?Int(8|16|32|64)|Float(32|64)|boolean")


def writer_of(value: Any) -> Any | None:
    """Return what writes a value of pandas, or None."""
    pd = sys.modules.get("pandas")
    if pd is None:
        return None
    if isinstance(value, pd.DataFrame):
        columns = all(_travels(dtype) for dtype in value.dtypes)
        good = columns and _index_travels(value.index) and _index_travels(value.columns)
        return _write_frame if good else None
    if isinstance(value, pd.Series):
        return _write_series if _travels(value.dtype) and _index_travels(value.index) else None
    if isinstance(value, pd.Index):
        return _write_index if _index_travels(value) else None
    if value is pd.NaT or value is pd.NA:
        return _write_missing
    scalars = {pd.Timestamp: _write_moment, pd.Timedelta: _write_moment, pd.Period: _write_period}
    return scalars.get(type(value))


def _travels(dtype: Any) -> bool:
    pd = sys.modules["pandas"]
    if isinstance(dtype, np.dtype):
        return dtype.kind == "O" or arrays.is_plain(dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        return _index_travels(dtype.categories)
    kinds = pd.StringDtype | pd.PeriodDtype | pd.DatetimeTZDtype
    return isinstance(dtype, kinds) or bool(_NULLABLE.fullmatch(str(dtype)))


def _index_travels(index: Any) -> bool:
    if index.nlevels > 1:
        return all(_index_travels(level) for level in index.levels)
    return _travels(index.dtype)


def _write_series(encoder: Any, value: Any) -> list[Any]:
    index = encoder.contents(value.index)
    return ["series", index, encoder.encode(value.name), *_write_column(encoder, value)]


def _write_frame(encoder: Any, value: Any) -> list[Any]:
    index, names = encoder.contents(value.index), encoder.contents(value.columns)
    columns = (value.iloc[:, place] for place in range(value.shape[1]))
    return ["frame", index, names, [_write_column(encoder, column) for column in columns]]


def _write_index(encoder: Any, value: Any) -> list[Any]:
    pd = sys.modules["pandas"]
    name = encoder.encode(value.name)
    if isinstance(value, pd.MultiIndex):
        levels = [encoder.contents(level) for level in value.levels]
        codes = [encoder.contents(np.asarray(codes)) for codes in value.codes]
        return ["index", "levels", encoder.encode(list(value.names)), levels, codes]
    if isinstance(value, pd.RangeIndex):
        return ["index", "range", name, value.start, value.stop, value.step]
    frequency = getattr(value, "freqstr", None) if value.dtype.kind in "mM" else None
    return ["index", "values", name, frequency, *_write_column(encoder, value)]


def _write_column(encoder: Any, column: Any) -> list[Any]:
    pd, dtype = sys.modules["pandas"], column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        column = pd.Categorical(column)
        codes, categories = np.asarray(column.codes), column.categories
        parts = [encoder.contents(codes), encoder.contents(categories)]
        return ["category", *parts, bool(column.ordered)]
    if isinstance(dtype, pd.StringDtype):
        texts = [None if text is pd.NA or text != text else text for text in column.tolist()]
        return ["text", dtype.na_value is pd.NA, encoder.contents(texts)]
    if isinstance(dtype, pd.PeriodDtype):
        return ["period", str(dtype)[7:-1], encoder.contents(pd.PeriodIndex(column).asi8)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        moments = pd.DatetimeIndex(column)
        return ["zoned", str(dtype.tz), encoder.contents(moments.tz_convert(None).to_numpy())]
    if not isinstance(dtype, np.dtype):
        missing = np.asarray(column.isna())
        plain = dtype.type().dtype
        values = column.to_numpy(dtype=plain, na_value=plain.type(0))
        return ["nullable", str(dtype), encoder.contents(values), encoder.contents(missing)]
    return ["numpy", encoder.contents(column.to_numpy())]


def _write_missing(encoder: Any, value: Any) -> list[Any]:
    return ["missing", "NaT" if value is sys.modules["pandas"].NaT else "NA"]


def _write_moment(encoder: Any, value: Any) -> list[Any]:
    zone = getattr(value, "tz", None)
    return ["moment", encoder.encode(value.asm8), None if zone is None else str(zone)]


def _write_period(encoder: Any, value: Any) -> list[Any]:
    return ["period", int(value.ordinal), value.freqstr]


def _read_series(decoder: Any, index: Any, name: Any, *column: Any) -> Any:
    import pandas as pd

    index, name = decoder.part(index), decoder.value(name)
    values = _read_column(decoder, *column)
    return pd.Series(values, index, _objects(values), name)


def _read_frame(decoder: Any, index: Any, names: Any, columns: list[list[Any]]) -> Any:
    import pandas as pd

    index, names = decoder.part(index), decoder.part(names)
    read = [_read_column(decoder, *column) for column in columns]
    series = {
        place: pd.Series(column, index, _objects(column)) for place, column in enumerate(read)
    }
    frame = pd.DataFrame(series, index)
    frame.columns = names
    return frame


def _read_index(decoder: Any, kind: str, name: Any, *parts: Any) -> Any:
    import pandas as pd

    name = decoder.value(name)
    if kind == "levels":
        levels, codes = ([decoder.part(part) for part in several] for several in parts)
        return pd.MultiIndex(levels, codes, names=name)
    if kind == "range":
        return pd.RangeIndex(*parts, name=name)
    frequency, *column = parts
    values = _read_column(decoder, *column)
    index = pd.Index(values, _objects(values), name=name)
    if frequency is not None:
        index.freq = _frequency(frequency)
    return index


def _read_column(decoder: Any, kind: str, *parts: Any) -> Any:
    import pandas as pd

    if kind == "category":
        codes, categories, ordered = decoder.part(parts[0]), decoder.part(parts[1]), parts[2]
        return pd.Categorical.from_codes(codes, categories, ordered is True)
    if kind == "text":
        na, texts = parts
        dtype = pd.StringDtype(na_value=pd.NA if na else np.nan)
        return pd.array(decoder.part(texts), dtype)
    if kind == "period":
        frequency, ordinals = parts
        return pd.PeriodIndex.from_ordinals(decoder.part(ordinals), freq=_frequency(frequency))
    if kind == "zoned":
        zone, moments = parts
        utc = pd.DatetimeIndex(decoder.part(moments)).tz_localize("UTC")
        return utc.tz_convert(_zone(zone))
    if kind == "nullable":
        name, values, missing = parts
        if not _NULLABLE.fullmatch(name):
            raise ValueError(f"{name!r} is not a dtype of pandas that travels")
        column = pd.array(decoder.part(values), dtype=name)
        column[decoder.part(missing)] = pd.NA
        return column
    if kind != "numpy":
        raise ValueError(f"{kind!r} is not a kind of column")
    values = decoder.part(parts[0])
    if not isinstance(values, np.ndarray):
        raise TypeError(f"a column that is a {type(values).__name__}")
    return values


def _objects(values: Any) -> type | None:
    """The dtype to name: pandas would guess one of its own for objects that are all texts."""
    return object if values.dtype == object else None


def _read_missing(decoder: Any, name: str) -> Any:
    import pandas as pd

    return {"NaT": pd.NaT, "NA": pd.NA}[name]


def _read_moment(decoder: Any, moment: Any, zone: str | None) -> Any:
    import pandas as pd

    moment = decoder.value(moment)
    if isinstance(moment, np.timedelta64):
        return pd.Timedelta(moment)
    if not isinstance(moment, np.datetime64):
        raise TypeError(f"a moment that is a {type(moment).__name__}")
    value = pd.Timestamp(moment)
    return value if zone is None else value.tz_localize("UTC").tz_convert(_zone(zone))


def _read_period(decoder: Any, ordinal: int, frequency: str) -> Any:
    import pandas as pd

    return pd.Period(ordinal=ordinal, freq=_frequency(frequency))


def _zone(name: str) -> str:
    if not _ZONE.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a time zone")
    return name


def _frequency(name: str) -> str:
    if not _FREQUENCY.fullmatch(name):
        raise ValueError(f"{name!r} is not a frequency")
    return name


CONTAINERS = {_write_series, _write_frame, _write_index}
READERS: dict[str, Any] = {
    "series": _read_series,
    "frame": _read_frame,
    "index": _read_index,
    "missing": _read_missing,
    "moment": _read_moment,
    "period": _read_period,
}
