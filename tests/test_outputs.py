"""What a kernel sends becomes outputs within limits, and points only where some are due."""

import pytest
from nbformat.v4 import new_output

from grading.outputs import Outputs, error_output
from grading.scores import graded_outputs


def message(kind, **content):
    return {"header": {"msg_type": kind}, "msg_type": kind, "content": content}


def stream(text, name="stdout"):
    return message("stream", name=name, text=text)


def display(text, kind="display_data", name=None):
    transient = {"display_id": name} if name else {}
    return message(kind, data={"text/plain": text}, metadata={}, transient=transient)


def nested(depth):
    value = "deep"
    for _ in range(depth):
        value = [value]
    return value


def collect(*messages, keep=1000, flood=9000):
    outputs = Outputs(keep, flood)
    return outputs, [outputs.add(each) for each in messages]


def texts(outputs):
    return [o.text if o.output_type == "stream" else o.data["text/plain"] for o in outputs.outputs]


def test_pieces_of_one_stream_are_joined():
    outputs, _ = collect(stream("a"), stream("b"), stream("c", "stderr"), stream("d"))
    assert texts(outputs) == ["ab", "c", "d"]


def test_the_number_of_the_cell_is_kept():
    outputs, _ = collect(message("execute_input", code="1", execution_count=7))
    assert (outputs.count, outputs.outputs) == (7, [])


def test_a_display_is_updated_where_it_stands():
    outputs, _ = collect(
        display("10 %", name="bar"), stream("x"), display("90 %", "update_display_data", "bar")
    )
    assert texts(outputs) == ["90 %", "x"]


def test_an_update_of_something_unknown_shows_nothing():
    outputs, _ = collect(display("90 %", "update_display_data", "bar"))
    assert outputs.outputs == []


def test_clear_output_at_once_and_at_the_next_output():
    outputs, _ = collect(stream("a"), message("clear_output", wait=False), stream("b"))
    assert texts(outputs) == ["b"]
    outputs, _ = collect(stream("a"), message("clear_output", wait=True))
    assert texts(outputs) == ["a"]
    outputs.add(stream("b"))
    assert texts(outputs) == ["b"]


def test_beyond_the_limit_output_is_dropped_and_said_once():
    outputs, taken = collect(*[stream("x" * 300)] * 5)
    assert taken == [True] * 5
    assert outputs.outputs[0].text == "x" * 900 + "\n[More output than 1,000 bytes is not kept.]\n"


def test_an_error_is_kept_beyond_the_limit():
    failed = message("error", ename="ValueError", evalue="no", traceback=[])
    outputs, _ = collect(stream("x" * 2000), failed)
    assert [o.output_type for o in outputs.outputs] == ["stream", "error"]


def test_a_flood_is_refused():
    assert collect(*[stream("x" * 4000)] * 3)[1] == [True, True, False]


def test_many_small_messages_are_a_flood_too():
    _, taken = collect(*[display("x", "update_display_data", "bar")] * 30)
    assert taken[:10] == [True] * 10
    assert not taken[-1]


@pytest.mark.parametrize(
    "damaged",
    [
        message("stream", name="stdout", text={"a": 1}),
        message("stream"),
        message("display_data", data=3, metadata={}),
        message("display_data", data={"text/plain": "a"}, metadata=None),
        message("error", ename=1, evalue=None, traceback="x"),
        message("execute_result", data={"text/plain": "1"}, metadata={}, execution_count="x"),
        message("unheard_of", text="a"),
        message("stream", name="stdout", text="half a letter: \ud800"),
        message("display_data", data={"application/json": nested(60)}, metadata={}),
        message("display_data", data={"text/plain": "a"}, metadata={}, transient=[1]),
        message(
            "display_data", data={"text/plain": "a"}, metadata={}, transient={"display_id": [1]}
        ),
        {"header": {}, "content": {"name": "stdout"}, "msg_type": "without a type"},
        message("comm_open", target_name="jupyter.widget", data={}),
    ],
    ids=lambda each: each["msg_type"],
)
def test_what_no_honest_kernel_sends_is_left_out(damaged):
    outputs, taken = collect(damaged, stream("after"))
    assert (texts(outputs), taken) == (["after"], [True, True])


# Points


def value(text):
    return new_output("execute_result", data={"text/plain": text}, execution_count=1)


def kinds(outputs):
    return [output.output_type for output in outputs]


def test_stderr_costs_nothing():
    shown = graded_outputs([new_output("stream", name="stderr", text="careful")], 4)
    assert [(o.name, o.text) for o in shown] == [("stdout", "careful")]


@pytest.mark.parametrize(
    ("text", "points"),
    [("2", "2.0"), ("0.5", "0.5"), ("0", "0.0"), ("4", "4.0"), ("np.float64(1.5)", "1.5")],
)
def test_a_number_up_to_the_maximum_is_points(text, points):
    (shown,) = graded_outputs([value(text)], 4)
    assert (shown.output_type, shown.data["text/plain"]) == ("execute_result", points)


@pytest.mark.parametrize("text", ["5", "-1", "nan", "inf", "np.float64(nan)"])
def test_another_number_is_an_error(text):
    (shown,) = graded_outputs([value(text)], 4)
    assert (shown.output_type, shown.ename) == ("error", "ScoreError")


@pytest.mark.parametrize("text", ["'text'", "True", "[1, 2]", "array(3)", ""])
def test_what_is_no_number_is_only_shown(text):
    assert kinds(graded_outputs([value(text)], 4)) == ["display_data"]


@pytest.mark.parametrize("first", [True, False])
def test_an_error_wins_over_a_value(first):
    both = [error_output("AssertionError", "no"), value("4")]
    shown = graded_outputs(both if first else both[::-1], 4)
    assert sorted(kinds(shown)) == ["display_data", "error"]
