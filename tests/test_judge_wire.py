"""The wire of the bridge between the two kernels: plain values, and hostile ones."""

import contextlib
import datetime as dt
import json
import random
import socket
import struct
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, namedtuple
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from grading.inside import arrays, failures, judge, values, wire
from grading.inside.wire import AnswerGone, BridgeError


def trip(value: Any) -> Any:
    """Encode a value, send it through JSON, and decode it."""
    encoder = values.Encoder(refuse)
    tree = json.loads(json.dumps(encoder.encode(value)))
    decoder = values.Decoder([memoryview(data) for data in encoder.buffers], refuse)
    decoded = decoder.decode(tree)
    assert len(decoder.objects) == len(encoder.objects)
    return decoded


def refuse(coder: Any, value: Any) -> Any:
    if isinstance(coder, values.Decoder):
        raise BridgeError(f"unknown: {value}")
    raise TypeError(f"{type(value).__name__} does not travel")


def read(tree: Any, *buffers: bytes) -> Any:
    return values.Decoder([memoryview(data) for data in buffers], refuse).decode(tree)


# Values


BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
PLAIN = [
    *(None, True, 1, -(2**63), 2**63, 2**70, -(10**3000), 1.5, float("inf"), -0.0, 1 + 2j),
    *("", "aä𝄞\x00", b"", b"\x00x", ..., range(3), range(2**70, 0, -3), slice(1, None, 2)),
    *([], [1, 2.0, "a", None, True], [1.0] * 9, [1] * 9, [2**64] * 9, [True] * 9, ["a"] * 9),
    *((), (1, (2, (3,))), {1: 2, (1, "x"): [3], None: {}}, {"a"}, frozenset({(1, 2)})),
    *([np.float64(0.5)] * 5, [np.int8(3)] * 5, [np.bool(True)] * 5, [np.str_("a")] * 5),
    *(np.float32(2), np.str_("abc"), np.str_(""), np.bytes_(b"x"), np.datetime64("2020-01", "M")),
    *(np.timedelta64(3, "25s"), np.bool(True), np.longdouble("0.1"), np.complex64(1j)),
    *(int, ValueError, np.float32, np.dtype("<f4"), Path("/a/b")),
    *(dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, 3, 4, 5, 6), dt.timedelta(1, 2, 3)),
    *(
        dt.time(1, 2),
        dt.datetime(2020, 7, 1, tzinfo=BERLIN),
        dt.datetime(2020, 7, 1, tzinfo=dt.UTC),
    ),
    *(pd.NaT, pd.NA, pd.Timestamp("2020-01-01"), pd.Timestamp("2020-07-01", tz="Europe/Berlin")),
    *(pd.Timedelta("3s"), pd.Period("2020-01", "M"), pd.Timestamp("2020").as_unit("s")),
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: f"{type(value).__name__}-{value!r:.20}")
def test_plain_values_arrive_as_they_were(value: Any) -> None:
    arrived = trip(value)
    assert type(arrived) is type(value)
    assert repr(arrived) == repr(value)


def test_nan_arrives() -> None:
    assert trip(float("nan")) != trip(float("nan"))
    assert np.isnan(trip([float("nan")] * 9)).all()


class Colour(IntEnum):
    RED = 1


class Text(str):
    __slots__ = ()


Point = namedtuple("Point", "x y")


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (OrderedDict(a=1), {"a": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (Point(1, 2), (1, 2)),
        (Text("a"), "a"),
        (Colour.RED, 1),
    ],
    ids=str,
)
def test_subclasses_arrive_as_their_plain_type(value: Any, base: Any) -> None:
    assert trip(value) == base
    assert type(trip(value)) is type(base)


ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6).reshape(2, 3)),
    np.array(3),
    np.zeros((0, 3)),
    np.array(["a", "bc"]),
    np.array([], dtype="U"),
    np.array([b"x", b"yy"]),
    np.array([True, False]),
    np.arange(3).astype(">i4"),
    np.array(["2020-01-01", "NaT"], "M8[D]"),
    np.array([1, None, "a", [2.0]], dtype=object),
    np.arange(12).reshape(3, 4)[:, ::2],
    np.ones((2, 2), "c8"),
    np.ones(3, "f2"),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}-{a.shape}")
def test_arrays_arrive_as_they_were(array: np.ndarray) -> None:
    arrived = trip(array)
    assert type(arrived) is np.ndarray
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert repr(arrived.tolist()) == repr(array.tolist())
    assert arrived.flags.writeable
    if array.flags.f_contiguous:
        assert arrived.flags.f_contiguous


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_matrix_and_masked_array_arrive_as_arrays() -> None:
    assert type(trip(np.matrix([[1, 2]]))) is np.ndarray
    assert type(trip(np.ma.array([1, 2], mask=[0, 1]))) is np.ndarray


def test_read_only_arrays_stay_so() -> None:
    own = np.arange(5)
    own.setflags(write=False)
    arrived = trip(own)
    assert not arrived.flags.writeable
    arrived.setflags(write=True)  # as with the original, which owns its memory
    with pytest.raises(ValueError, match="WRITEABLE"):
        trip(own[1:]).setflags(write=True)


def test_a_read_only_view_of_memory_that_may_be_written_to_can_be_unlocked() -> None:
    own = np.arange(5)
    view = own[1:]
    view.setflags(write=False)
    arrived = trip(view)
    assert not arrived.flags.writeable
    arrived.setflags(write=True)
    assert not view.flags.writeable


@pytest.mark.parametrize("step", [1, -1])
def test_items_that_share_memory_still_do(step: int) -> None:
    windows = np.lib.stride_tricks.sliding_window_view(np.arange(6.0), 3, writeable=True)[::step]
    arrived = trip(windows)
    assert arrived.tolist() == windows.tolist()
    arrived[1, 1] = 99
    assert (arrived == 99).sum() == 3
    assert trip(np.broadcast_to(5.0, (2, 3))).tolist() == [[5.0] * 3] * 2
    assert trip(np.broadcast_to("ab", (3,))).tolist() == ["ab"] * 3


def test_random_values_arrive_as_they_were() -> None:
    rng = random.Random(7)
    for _ in range(300):
        value = random_value(rng, 4)
        assert repr(trip(value)) == repr(value)


def random_value(rng: random.Random, depth: int) -> Any:
    leaf = [
        *(lambda: rng.choice([None, True, False, ..., float("inf")]), lambda: rng.random()),
        *(
            lambda: rng.randint(-(2**70), 2**70),
            lambda: rng.randint(-9, 9),
            lambda: rng.randbytes(5),
        ),
        *(
            lambda: chr(rng.randrange(1, 0xD800)) * rng.randrange(3),
            lambda: np.float32(rng.random()),
        ),
        lambda: np.array([rng.random() for _ in range(rng.randrange(4))]),
    ]
    if depth == 0 or rng.random() < 0.3:
        return rng.choice(leaf)()
    items = [random_value(rng, depth - 1) for _ in range(rng.randrange(6))]
    if rng.random() < 0.3:
        return {rng.randint(0, 99): item for item in items}
    return rng.choice([list, tuple])(items)


DAYS = pd.date_range("2020-01-31", periods=4, freq="ME")
FRAME = pd.DataFrame(
    {
        "int": [1, 2, 3, 4],
        "float": [1.0, np.nan, 2, 3],
        "text": ["x", None, "y", "z"],
        "category": pd.Categorical(["u", "v", "u", None], ordered=True),
        "nullable": pd.array([1, None, 3, 4], "Int64"),
        "small": pd.array([1, None, 3, 4], "Float32"),
        "bool": pd.array([True, None, False, True], "boolean"),
        "zoned": pd.date_range("2020", periods=4, tz="Europe/Berlin"),
        "period": pd.period_range("2020", periods=4, freq="Q"),
        "delta": pd.to_timedelta([1, 2, 3, 4], "h"),
        "object": [(1,), "a", None, 3],
        "day": pd.date_range("2021", periods=4),
    },
    index=DAYS,
)
TABLES = [
    FRAME,
    FRAME.set_index(["text", "int"]).rename_axis("names", axis=1),
    FRAME.iloc[:0],
    pd.DataFrame(),
    pd.DataFrame([[1, 2]], columns=["a", "a"]),
    pd.DataFrame({0: [1.0], ("a", 1): ["x"]}),
]


@pytest.mark.parametrize("frame", TABLES, ids=lambda frame: str(frame.shape))
def test_frames_arrive_as_they_were(frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(trip(frame), frame, check_freq=True)


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([1, 2], name=("a", 1)),
        pd.Series([], dtype=float),
        pd.Series(["a", "b"], dtype=object),
        pd.Series(["a", pd.NA], dtype="string"),
        pd.Series([1], index=pd.CategoricalIndex(["a"])),
        pd.Series([1.0, 2], index=pd.Index([1.5, 2], name="q")),
        pd.Series([3], index=pd.period_range("2020", periods=1, freq="W")),
        pd.Series([dt.date(2020, 1, 1)]),
        pd.Series([1, 2, 3], index=pd.to_timedelta([1, 2, 3], "h")),
        pd.Series([1, 2], index=pd.RangeIndex(5, 9, 2, name="r")),
        pd.Series([1, 2], index=pd.date_range("2020", periods=2, freq="h", tz="+01:00")),
    ],
    ids=lambda series: f"{series.dtype}-{type(series.index).__name__}",
)
def test_series_arrive_as_they_were(series: pd.Series) -> None:
    arrived = trip(series)
    pd.testing.assert_series_equal(arrived, series, check_freq=True)
    pd.testing.assert_index_equal(arrived.index, series.index, exact=True)


@pytest.mark.parametrize("name", ["PCG64", "PCG64DXSM", "SFC64", "MT19937", "Philox"])
def test_generators_arrive_in_their_state(name: str) -> None:
    generator = np.random.Generator(getattr(np.random, name)(3))
    generator.random(3, dtype="f4")
    arrived = trip(generator)
    assert arrived.random(9).tolist() == generator.random(9).tolist()


def test_one_object_stays_one_object() -> None:
    inner, array = [1], np.arange(6.0)
    arrived = trip([inner, (inner, {"k": inner}), array, array, array[2:], array[::-2]])
    assert arrived[1][0] is arrived[0] is arrived[1][1]["k"]
    assert arrived[2] is arrived[3]
    assert all(np.shares_memory(arrived[2], view) for view in arrived[4:])
    assert arrived[5].tolist() == [5, 3, 1]


def test_what_does_not_travel_is_named() -> None:
    loop: list[Any] = []
    loop.append({"k": loop})
    with pytest.raises(ValueError, match="contains itself"):
        trip(loop)
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    with pytest.raises(ValueError, match="deeper than 100"):
        trip(deep)
    for value in (object(), np.zeros(2, "i4,f8"), np.zeros(1, "i4,f8")[0], pd.Interval(0, 1)):
        with pytest.raises(TypeError, match="does not travel"):
            trip(value)
    with pytest.raises(TypeError, match="does not travel"):
        trip(pd.DataFrame({"i": pd.arrays.IntervalArray.from_breaks([0, 1])}))


# Hostile values

BAD = {
    "no value": {},
    "an empty list": [],
    "an unknown tag": ["pickle", "x"],
    "a tag that is a list": [["list"], "tree", []],
    "too few parts": ["array", "<f8"],
    "too many parts": ["bytes", 0, 0],
    "a reference to nothing": ["ref", 0],
    "a reference before the start": ["ref", -1],
    "a list in itself": ["list", "tree", [["ref", 0]]],
    "a tuple in itself": ["tuple", "tree", [["ref", 0]]],
    "a buffer that is not there": ["bytes", 7],
    "a buffer before the start": ["bytes", -1],
    "a buffer that is a slice": ["bytes", None],
    "objects in an array": ["array", "|O", [1], "C", 1, 0],
    "objects in a scalar": ["scalar", "O", 0],
    "a structured dtype": ["array", "i4,f4", [1], "C", 1, 0],
    "a dtype that is a list": ["array", [["a", "O"]], [1], "C", 1, 0],
    "an object dtype": ["dtype", "|O"],
    "void": ["array", "|V8", [1], "C", 1, 0],
    "a wrong length": ["array", "<f8", [3], "C", 1, 0],
    "a negative length": ["array", "<f8", [-1], "C", 1, 0],
    "lengths whose product overflows": ["array", "<f8", [2**40, 2**40], "C", 1, 0],
    "a length that is a text": ["array", "<f8", "1", "C", 1, 0],
    "33 axes": ["array", "<f8", [1] * 33, "C", 1, 0],
    "a bool that is 2": ["array", "|b1", [8], "C", 1, 1],
    "a letter beyond Unicode": ["array", "<U2", [1], "C", 1, 1],
    "half a letter": ["array", "<U1", [1], "C", 1, 2],
    "numbers in half a buffer": ["list", "float", 2],
    "an unknown way of packing": ["list", "pickle", 0],
    "items of no list": ["list", "tree", 5],
    "an unhashable key": ["dict", "tree", [["list", "tree", []]], "tree", [1]],
    "more keys than values": ["dict", "tree", ["a", "b"], "tree", [1]],
    "an unhashable item": ["set", "tree", [["list", "tree", []]]],
    "an int that is code": ["int", "__import__('os')"],
    "an int of the wrong kind": ["int", 5],
    "a range of texts": ["range", "a", "b", "c"],
    "a step of zero": ["range", 1, 2, 0],
    "a type that does not travel": ["type", "builtins.open"],
    "a type of another module": ["type", "os.PathLike"],
    "a type's attribute": ["type", "numpy.random.Generator"],
    "a generator of another class": ["generator", "Generator", ["dict", "tree", [], "tree", []]],
    "a generator's attribute": ["generator", "__init__", ["dict", "tree", [], "tree", []]],
    "a generator without a state": ["generator", "PCG64", ["dict", "tree", [], "tree", []]],
    "a view on a list": [
        "tuple",
        "tree",
        [["list", "tree", []], ["view", 1, "<f8", [1], 0, [8], True]],
    ],
    "a moment that is none": ["moment", "2020", None],
    "a date that is none": ["date", "yesterday"],
    "a zone with a path": ["datetime", "2020-01-01", "../../etc/passwd", 0],
    "a zone from a file": ["moment", ["scalar", "<M8[s]", 0], "dateutil//etc/passwd"],
    "a period of no frequency": ["period", 3, "__import__"],
    "a missing value of no name": ["missing", "__class__"],
    "a series of nothing": ["series", None, None, "numpy", None],
    "a series of a list": ["series", ["index", "range", None, 0, 1, 1], None, "numpy", [1]],
    "a column of no kind": ["series", ["index", "range", None, 0, 1, 1], None, "pickle", 1],
    "an index that is none": ["index", "eval", None],
    "a layer": ["layer", "{}", ["list", "tree", []]],
}


@pytest.mark.parametrize("tree", BAD.values(), ids=BAD.keys())
def test_hostile_values_are_refused(tree: Any) -> None:
    with pytest.raises(BridgeError):
        read(tree, b"\x01" * 8, b"\x02" * 8, b"\x00\xd8\x00\x00")


VIEWS = {
    "before the start": ["<f8", [1], -8, [8]],
    "beyond the end": ["<f8", [4], 8, [8]],
    "by its strides": ["<f8", [2], 0, [1 << 40]],
    "by strides backwards": ["<f8", [3], 8, [-8]],
    "of other items": ["<i8", [1], 0, [8]],
    "of texts in numbers": ["<U2", [1], 0, [8]],
    "of no length": ["<f8", [-1], 0, [8]],
    "between the items": ["<f8", [1], 4, [8]],
    "with too few strides": ["<f8", [1, 1], 0, [8]],
    "that is huge": ["<f8", [2**28, 2**28], 0, [0, 0]],
    "with a stride of text": ["<f8", [1], 0, ["8"]],
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_views_outside_their_array_are_refused(view: list[Any]) -> None:
    own = np.arange(4.0)
    decoder = values.Decoder([], refuse, [own])
    with pytest.raises(BridgeError):
        decoder.decode(["view", 0, *view, True])
    assert own.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("name", "key"), [("MT19937", "pos"), ("Philox", "buffer_pos")])
def test_a_place_outside_a_generators_table_is_refused(name: str, key: str) -> None:
    state = getattr(np.random, name)(1).state
    part = state if key in state else state["state"]
    for place in (10**6, -1, True, "0"):
        part[key] = place
        with pytest.raises(ValueError, match=key):
            arrays.read_generator(name, state)


def test_deep_and_random_trees_are_refused() -> None:
    deep: Any = 1
    for _ in range(150):
        deep = ["list", "tree", [deep]]
    with pytest.raises(BridgeError, match="deeper"):
        read(deep)
    rng = random.Random(3)
    tags = ["list", "dict", "array", "view", "ref", "scalar", "series", "index", "float", "tree"]
    words = [*tags, 0, 1, -1, None, "<f8", "C", [], [1], True, 1e9, {}]
    for _ in range(3000):
        tree = [rng.choice(words) for _ in range(rng.randrange(1, 7))]
        nested = [rng.choice(tags), "tree", [tree, ["ref", 0], tree]]
        with contextlib.suppress(BridgeError):
            read(nested, b"\x01" * 8, b"")


def frames(*pieces: bytes) -> wire.Channel:
    """A channel to which someone sent these bytes and went away."""
    ours, theirs = socket.socketpair()
    for piece in pieces:
        theirs.sendall(piece)
    theirs.close()
    return wire.Channel(ours)


def frame(text: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<IQ", len(text), len(body)) + text + body


FRAMES = {
    "no JSON": frame(b"\x80\x04."),
    "a text of JSON": frame(b'"x"'),
    "no sizes": frame(b"[[1]]"),
    "wrong sizes": frame(b"[[1],[3]]", b"ab"),
    "negative sizes": frame(b"[[1],[3,-1]]", b"ab"),
    "sizes that are texts": frame(b'[[1],["ab"]]', b"ab"),
    "sizes that are floats": frame(b"[[1],[2.0]]", b"ab"),
    "an int without end": frame(b"[" + b"9" * 9000 + b",[]]"),
    "deep nesting": frame(b"[" * 100_000),
    "half a letter": frame(b'["\\ud800",[]]'),
    "not ASCII": frame('["ä",[]]'.encode()),
    "a huge message": struct.pack("<IQ", 2**31, 0),
    "a huge body": struct.pack("<IQ", 2, 2**40),
}


@pytest.mark.parametrize("sent", FRAMES.values(), ids=FRAMES.keys())
def test_hostile_frames_are_refused(sent: bytes) -> None:
    channel = frames(sent)
    with pytest.raises(BridgeError):
        channel.receive()
    channel.close()


def test_after_a_bad_frame_the_next_one_is_read_unless_its_length_was_wrong() -> None:
    channel = frames(frame(b"x"), frame(b"[[1],[]]"))
    with pytest.raises(BridgeError):
        channel.receive()
    assert channel.receive() == ([1], [])
    channel.close()
    channel = frames(FRAMES["a huge body"], frame(b"[[1],[]]"))
    for _ in range(2):
        with pytest.raises(BridgeError):
            channel.receive()
    channel.close()


def test_half_a_frame_and_then_nothing_means_that_the_answer_is_gone() -> None:
    channel = frames(frame(b"[[1],[]]")[:-2])
    with pytest.raises(AnswerGone):
        channel.receive()
    channel.close()


def test_a_value_beyond_the_limit_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "FRAME_LIMIT", 1000)
    channel = frames()
    with pytest.raises(wire.TooLarge, match="too large"):
        channel.send([1], [bytes(2000)])
    channel.close()


def test_two_large_frames_cross() -> None:
    one, other = map(wire.Channel, socket.socketpair())
    one.send([1], [bytes(2**21)], wait=False)
    other.send([2], [bytes(2**21)], wait=False)
    done = []
    import threading

    reader = threading.Thread(target=lambda: done.append(other.receive()[0]))
    reader.start()
    one.send([3], [])
    assert one._out == b""
    reader.join()
    assert done == [[1]]
    one.close()
    other.close()


MESSAGES = [
    ["answer", 1, [], [], 5],
    ["answer", "1", [], [], 5, []],
    [["answer"], 1, [], [], 5, []],
    ["quit", 1, [], [], 5, []],
    {"answer": 1},
    ["end", 1],
    ["answer", 1, [[0]], [], 5, []],
    ["answer", 1, [[0, ["list", "tree", []]]], [], 5, []],
    ["answer", 1, [[-1, ["list", "tree", []]]], [], 5, []],
    ["answer", 1, [[99, ["list", "tree", []]]], [], 5, []],
    ["answer", 1, [], [], ["yours", 5], []],
    ["answer", 1, [], [], ["yours", "len"], []],
    ["answer", 1, [], [], ["mine", "x", True, "a.b"], []],
    ["answer", 1, [], [], ["mine", 1, True, 5], []],
    ["answer", 1, [], [["builtins.UserWarning", "x"]], 5, []],
    ["answer", 1, [], [[[5], "x"]], 5, []],
    ["answer", 1, [], [], 5, [[]]],
    ["answer", 1, [], [], 5, 7],
    ["failure", 1, [], [], [], []],
    ["failure", 1, [], [], [[], "x", None, []], []],
    ["failure", 1, [], [], [["builtins.ValueError"], 5, None, []], []],
    ["failure", 1, [], [], [["builtins.ValueError"], "x", [[]], []], []],
    ["failure", 1, [], [], [["builtins.ValueError"], "x", None, ["os.system"]], []],
]


@pytest.mark.parametrize("message", MESSAGES, ids=str)
def test_hostile_answers_are_refused(message: Any) -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(frame(json.dumps([message, []]).encode()))
    with pytest.raises(BridgeError):
        judge.Judge(wire.Channel(ours)).ask("name", "x")
    ours.close()
    theirs.close()


def test_who_asks_the_judge_for_anything_but_the_tests_functions_gets_a_failure() -> None:
    ours, theirs = socket.socketpair()
    judged, hostile = judge.Judge(wire.Channel(ours)), wire.Channel(theirs)
    call = [
        "tuple",
        "tree",
        [["type", "builtins.type"], ["tuple", "tree", ["x"]], ["dict", "tree", [], "tree", []]],
    ]
    asks = [
        ["ask", 7, 1, "call", call, []],
        ["ask", 8, 1, "getattr", ["tuple", "tree", [["yours", 1], "__globals__"]], []],
        ["ask", 9, 1, "call", ["tuple", "tree", [5]], []],
        ["ask", 10, 1, "call", ["pickle"], 5],
        ["ask", 11, 99, "call", call, []],
    ]
    for ask in asks:
        hostile.send(ask, [])
    hostile.send(["answer", 1, [], [], 5, []], [])
    assert judged.ask("call", len) == 5
    hostile.receive()
    for ask in asks:
        (kind, number, *_), _ = hostile.receive()
        assert (kind, number) == ("failure", ask[1])
    ours.close()
    theirs.close()


@pytest.mark.parametrize(
    "name",
    [
        "builtins.SystemExit",
        "builtins.int",
        "os.error",
        "subprocess.CalledProcessError",
        "numpy.os.error.x",
        "pandas.compat.os.PathLike",
        "keras",
        "",
        "..",
    ],
)
def test_no_other_class_is_found_than_an_error_of_the_libraries(name: str) -> None:
    assert failures.find_class([name], Exception) is None


def test_a_class_that_a_library_merely_imported_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from IPython.core.error import UsageError

    monkeypatch.setattr(np.linalg, "UsageError", UsageError, raising=False)
    assert failures.find_class(["numpy.linalg.UsageError"], Exception) is None
    assert failures.find_class(["numpy.linalg.LinAlgError"], Exception) is np.linalg.LinAlgError
