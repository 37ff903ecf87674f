"""Every wrong answer is rejected and every right one accepted; and the harness that says so."""

import os
import time
from collections.abc import Callable
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from tests.variants import (
    Code,
    Variant,
    VariantError,
    harness,
    load,
    mutate,
    numbers,
    right,
    variants_in,
    wrong,
)
from tests.variants.harness import Result, describe, exercises, find_notebook, run_notebook

EXERCISES = [
    (number, exercise)
    for number in numbers()
    for exercise in dict.fromkeys(variant.exercise for variant in load(number))
]


# pytest-xdist has one process per core already; alone, this one may use two.
PARALLEL = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2


@cache
def results(number: str) -> list[Result]:
    path = find_notebook(number)
    return run_notebook(path, load(number), parallel=PARALLEL, thorough=False)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_wrong_answers_are_rejected_and_right_ones_accepted(number: str, exercise: str) -> None:
    mine = [result for result in results(number) if result.variant.exercise == exercise]
    kinds = [result.variant.kind for result in mine]
    assert kinds.count("wrong") >= 4
    assert kinds.count("right") >= 2
    bad = [describe(result) for result in mine if not result.good]
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize("number", numbers())
def test_every_exercise_of_the_notebook_has_variants(number: str) -> None:
    covered = {variant.exercise for variant in load(number)}
    assert covered == set(exercises(find_notebook(number)))


# --- the harness, on a notebook of three small exercises -----------------------------------

LIMIT = 3.0
SETUP = "import sys\n\nfrom helpers.checks import check_close, check_true\n\nseen = []"
CELLS = {
    "setup": SETUP,
    "ex1-double": '''\
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    seen.append(x)
    return 2 * x
    ### END SOLUTION''',
    "ex1-double-check": 'check_close("double(2)", double(2), 4)\nlen(seen)',
    "ex1-double-hidden": """\
# Hidden tests
### BEGIN HIDDEN TESTS
check_close("double(-3)", double(-3), -6)
check_true("seen", len(seen) <= 2, expected="a fresh list for each variant", got=len(seen))
### END HIDDEN TESTS""",
    "ex2-lazy": "def lazy():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION",
    "ex2-lazy-check": 'check_close("lazy()", 1, 1)',
    "ex2-lazy-hidden": 'check_close("lazy()", lazy(), 2)',
    "ex3-fit": "def fit(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION",
    "ex3-fit-train": "trained = fit(1)",
    "ex3-fit-check": 'check_close("trained", trained, 2)',
    "ex3-fit-hidden": 'check_close("trained once", trained, 2)',
}


def write_notebook(folder: Path, cells: dict[str, str]) -> Path:
    """Write a notebook 99 with these cells, by grade_id, as a course's solutions folder has it."""
    notebook = nbformat.v4.new_notebook()
    for name, source in cells.items():
        tags = {"schema_version": 3, "grade_id": name, "solution": False, "grade": False}
        tags["grade"] = name.endswith(("check", "hidden"))
        tags["solution"] = name in ("ex1-double", "ex2-lazy", "ex3-fit")
        tags["locked"] = not tags["solution"]
        cell = nbformat.v4.new_code_cell(source, metadata={"nbgrader": tags})
        notebook.cells.append(cell)
    path = folder / "99-tiny" / "99-tiny.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    return path


def answer(
    text: str, body: str, *, kind: str = "wrong", raises: tuple[str, ...] = (), name: str = "double"
) -> Variant:
    """Return a variant that is one function with this body."""
    exercise = {"double": "ex1-double", "fit": "ex3-fit"}[name]
    source = f"def {name}(x):\n    {body}\n"
    return Variant(exercise, kind, text, (Code(source, "answers.py"),), raises=raises)


ANSWERS = {
    "no doubling": (answer("no doubling", "return x"), "visible"),
    "a square": (answer("a square", "return x**2"), "hidden"),
    "wrong at 7": (answer("wrong at 7", "return 0 if x == 7 else 2 * x"), "survived"),
    "a typo": (
        Variant(
            "ex1-double",
            "wrong",
            "a typo",
            (Code("def double(x):\n    return 2 * y\n", "answers.py", 10),),
        ),
        "broken",
    ),
    "hangs": (answer("hangs", "while True: pass"), "broken"),
    "hangs when hidden": (answer("hangs when hidden", "while x < 0: pass\n    return 4"), "broken"),
    "dies": (answer("dies", "import os\n    os._exit(3)"), "broken"),
    "exits": (answer("exits", "sys.exit()"), "broken"),
    "declared": (answer("declared", "return x / 0", raises=("ZeroDivisionError",)), "visible"),
    "declared base": (
        answer("declared base", "return x / 0", raises=("ArithmeticError",)),
        "visible",
    ),
    "declared other": (answer("declared other", "return x / 0", raises=("KeyError",)), "broken"),
    "noise": (answer("noise", "print('oh', file=sys.stderr)\n    return 2 * x"), "broken"),
    "only visible": (answer("only visible", "return -6 if x < 0 else 3"), "visible"),
    "raw in hidden": (answer("raw in hidden", "return 3 if x > 0 else {}[x]"), "visible"),
    "addition": (answer("addition", "return x + x", kind="right"), "accepted"),
    "counts": (answer("counts", "seen.append(x)\n    return 2 * x", kind="right"), "accepted"),
    "counts too": (
        answer("counts too", "seen.append(x)\n    return x * 2", kind="right"),
        "accepted",
    ),
    "right noise": (
        answer("right noise", "import os\n    os.write(2, b'oh')\n    return 2 * x", kind="right"),
        "refused",
    ),
    "not right": (answer("not right", "return x", kind="right"), "refused"),
    "edited": (Variant("ex1-double", "wrong", "edited", edit=("2 * x", "3 * x")), "visible"),
    "no such text": (Variant("ex1-double", "wrong", "no such text", edit=("4 * x", "x")), "broken"),
    "text twice": (Variant("ex1-double", "wrong", "text twice", edit=("x", "y")), "broken"),
    "not Python": (
        Variant("ex1-double", "wrong", "not Python", (Code("def double(:", "answers.py"),)),
        "broken",
    ),
    "untrained": (answer("untrained", "return x", name="fit"), "visible"),
    "trains": (answer("trains", "return 1 + x", kind="right", name="fit"), "accepted"),
    "fails in training": (answer("fails in training", "return {}[x]", name="fit"), "broken"),
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    path = write_notebook(tmp_path_factory.mktemp("solutions"), CELLS)
    lazy = Variant("ex2-lazy", "right", "as it is")
    ran = run_notebook(path, [*(variant for variant, _ in ANSWERS.values()), lazy], limit=LIMIT)
    named = {
        result.variant.text: result for result in ran if result.variant.kind in ("wrong", "right")
    }
    alone = {
        f"{result.variant.exercise} {result.variant.kind}": result
        for result in ran
        if result.variant.kind in ("solution", "blank")
    }
    return named | alone


@pytest.mark.parametrize("text", ANSWERS)
def test_verdict(tiny: dict[str, Result], text: str) -> None:
    assert tiny[text].verdict == ANSWERS[text][1], describe(tiny[text])


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        ("ex1-double solution", "accepted"),
        ("ex1-double blank", "zero"),
        ("ex2-lazy solution", "refused"),
        ("ex2-lazy blank", "survived"),
        ("ex3-fit solution", "accepted"),
        ("ex3-fit blank", "zero"),
    ],
)
def test_verdict_on_the_solution_and_the_blank_stub(
    tiny: dict[str, Result], run: str, verdict: str
) -> None:
    assert tiny[run].verdict == verdict, describe(tiny[run])


def test_good_follows_the_verdict(tiny: dict[str, Result]) -> None:
    bad = {text for text, result in tiny.items() if not result.good and text in ANSWERS}
    expected = {
        text
        for text, (_, verdict) in ANSWERS.items()
        if verdict in ("survived", "refused", "broken")
    }
    assert bad == expected


def test_rejection_by_the_visible_check_alone_is_seen(tiny: dict[str, Result]) -> None:
    assert tiny["only visible"].hidden_accepts
    assert not tiny["no doubling"].hidden_accepts
    assert not tiny["a square"].hidden_accepts


def test_outcomes_say_what_happened(tiny: dict[str, Result]) -> None:
    typo = tiny["a typo"].outcomes["check"]
    assert typo.errors[0] == "NameError"
    assert "'y' is not defined" in typo.message
    assert typo.place == "answers.py:11"
    noise = tiny["right noise"].outcomes["check"]
    assert (noise.status, noise.message) == ("stderr", "oh")
    assert tiny["no doubling"].outcomes["check"].errors[:2] == ("CheckFailed", "AssertionError")
    assert tiny["fails in training"].outcomes["train"].errors[0] == "KeyError"
    assert "occurs 0 times" in tiny["no such text"].outcomes["answer"].message
    assert tiny["not Python"].outcomes["answer"].errors[0] == "SyntaxError"
    assert "check" not in tiny["not Python"].outcomes


def test_a_hanging_cell_is_killed_and_the_cells_before_it_keep_their_outcome(
    tiny: dict[str, Result],
) -> None:
    outcomes = tiny["hangs when hidden"].outcomes
    assert outcomes["check"].status == "passed"
    assert (outcomes["hidden"].status, outcomes["hidden"].message) == (
        "timed out",
        "killed after 3 s",
    )
    assert tiny["hangs"].outcomes["check"].status == "timed out"
    assert "hidden" not in tiny["hangs"].outcomes


def test_a_dead_process_is_reported_with_its_code(tiny: dict[str, Result]) -> None:
    died = tiny["dies"].outcomes["check"]
    assert (died.status, died.message) == ("crashed", "the process ended with code 3")


@pytest.mark.slow
def test_in_a_hurry_the_hidden_cell_is_left_out_and_no_verdict_changes(
    tiny: dict[str, Result], tmp_path: Path
) -> None:
    path = write_notebook(tmp_path, CELLS)
    ran = run_notebook(path, [v for v, _ in ANSWERS.values()], limit=LIMIT, thorough=False)
    named = {r.variant.text: r for r in ran if r.variant.kind in ("wrong", "right")}
    assert {text: r.verdict for text, r in named.items()} == {t: v for t, (_, v) in ANSWERS.items()}
    assert "hidden" in tiny["no doubling"].outcomes
    assert "hidden" not in named["no doubling"].outcomes
    assert named["a square"].outcomes["hidden"].status == "failed"
    assert [r.verdict for r in ran if r.variant.kind == "blank"] == ["zero", "zero"]


@pytest.mark.slow
def test_what_a_hanging_variant_started_is_killed_too(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    body = (
        "import subprocess\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"    open({str(note)!r}, 'w').write(str(child.pid))\n"
        "    child.wait()"
    )
    path = write_notebook(tmp_path, CELLS)
    run_notebook(path, [answer("starts a process", body)], limit=LIMIT)
    assert _ends(int(note.read_text()))


@pytest.mark.slow
def test_nothing_runs_on_when_the_harness_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    body = (
        f"import os\n    open({str(note)!r}, 'w').write(f'{{os.getpid()}}')\n    while True: pass"
    )
    path = write_notebook(tmp_path, CELLS)
    harness_process = get_context("spawn").Process(
        target=run_notebook, args=(path, [answer("never ends", body)])
    )
    harness_process.start()
    assert _happens(lambda: note.exists() and note.read_text())
    harness_process.kill()
    assert _ends(int(note.read_text()))


def _ends(pid: int) -> bool:
    """Wait for a process to be gone, or dead and not yet collected; say whether it is."""
    status = Path(f"/proc/{pid}/stat")
    return _happens(lambda: not status.exists() or ") Z" in status.read_text())


def _happens(condition: Callable[[], object], seconds: float = 30.0) -> bool:
    """Wait until a condition holds; say whether it did in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.slow
def test_all_setup_cells_run_before_an_answer(tmp_path: Path) -> None:
    cells = CELLS | {"setup-more": "two = 2"}
    ran = run_notebook(write_notebook(tmp_path, cells), [answer("given", "return two * x")])
    assert [result.verdict for result in ran if result.variant.text == "given"] == ["survived"]


@pytest.mark.slow
def test_a_failing_setup_cell_is_an_error(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, CELLS | {"setup": "import no_such_module"})
    with pytest.raises(VariantError, match=r"setup cell failed.*no_such_module"):
        run_notebook(path, [answer("any", "return x")])


@pytest.mark.slow
def test_a_dying_setup_cell_is_an_error(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, CELLS | {"setup": "import os\nos._exit(7)"})
    with pytest.raises(VariantError, match="ended with code 7"):
        run_notebook(path, [answer("any", "return x")])


def test_an_unknown_exercise_is_an_error(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, CELLS)
    with pytest.raises(VariantError, match="no exercise ex9-none, only ex1-double"):
        run_notebook(path, [Variant("ex9-none", "wrong", "any")])


@pytest.mark.slow
def test_an_exercise_without_hidden_tests_is_reported(tmp_path: Path) -> None:
    cells = {name: text for name, text in CELLS.items() if name != "ex1-double-hidden"}
    ran = run_notebook(write_notebook(tmp_path, cells), [answer("any", "return x")])
    assert [result.verdict for result in ran] == ["refused", "broken", "broken"]
    assert "no cell ex1-double-hidden" in describe(ran[0])


# --- decorators ----------------------------------------------------------------------------


@wrong("ex-pair", "a pair of functions", raises=KeyError)
def first(x, y=2):
    return helper(x) + y  # noqa: F821  the notebook's


@wrong(
    "ex-pair",
    "a pair of functions",
    raises=KeyError,
)
def second(x):
    return first(x)


@right("ex-pair", "another text")
def first(x):  # noqa: F811
    return x


mutate("ex-pair", "an edit", old="a", new="b", raises=ValueError)


def test_functions_with_one_text_form_one_variant() -> None:
    pair, other, edit = variants_in(__name__)
    assert (pair.kind, pair.exercise, pair.raises) == ("wrong", "ex-pair", ("KeyError",))
    assert [code.text.split("(")[0] for code in pair.functions] == ["def first", "def second"]
    assert (other.kind, len(other.functions)) == ("right", 1)
    assert (edit.edit, edit.raises) == (("a", "b"), ("ValueError",))


def test_a_function_becomes_source_of_its_own_file_and_line() -> None:
    code = variants_in(__name__)[0].functions[1]
    assert code.text == "def second(x):\n    return first(x)\n"
    assert Path(code.file) == Path(__file__)
    assert Path(__file__).read_text().splitlines()[code.line - 1] == "def second(x):"


def test_a_closure_is_refused() -> None:
    factor = 2
    mark = wrong("ex-pair", "a closure")
    with pytest.raises(VariantError, match="double uses factor of the function around it"):

        @mark
        def double(x):
            return factor * x


def test_one_text_for_a_wrong_and_a_right_answer_is_refused() -> None:
    mark = right("ex-pair", "a pair of functions")
    with pytest.raises(VariantError, match="two different variants"):
        mark(first)


def test_a_number_without_variants_is_refused() -> None:
    with pytest.raises(VariantError, match="no variants for notebook '98'"):
        load("98")


# --- the command line ----------------------------------------------------------------------


def command(monkeypatch: pytest.MonkeyPatch, folder: Path, variants: list[Variant], *options: str):
    write_notebook(folder, CELLS)
    monkeypatch.setattr(harness, "SOLUTIONS", folder)
    monkeypatch.setattr(harness, "load", lambda number: variants)
    return CliRunner().invoke(harness.main, ["99", *options])


def test_command_prints_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    variants = [ANSWERS[text][0] for text in ("no doubling", "a square", "addition")]
    done = command(monkeypatch, tmp_path, variants)
    assert done.exit_code == 0
    heads, row = (" ".join(line.split()) for line in done.output.splitlines()[1:3])
    assert heads.startswith("exercise solution blank wrong visible (only) hidden survived broken")
    assert row == "ex1-double accepted zero 2 1 0 1 0 0 1 1 0 CheckFailed 2"


@pytest.mark.slow
def test_table_of_the_course_adds_up_its_notebooks(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, CELLS)
    variants = [ANSWERS[text][0] for text in ("no doubling", "wrong at 7", "addition")]
    results = run_notebook(path, variants)
    table = harness.course_table({"01-one": results, "02-two": results[:1]})
    lines = [" ".join(line.split()) for line in table.splitlines()]
    assert lines[0] == (
        "notebook exercises solution accepted blank zero "
        "wrong visible (only) hidden survived broken right accepted refused"
    )
    assert lines[1] == "01-one 1 1 1 2 1 0 0 1 0 1 1 0"
    assert [int(n) for n in lines[3].split()[1:]] == [
        int(a) + int(b) for a, b in zip(lines[1].split()[1:], lines[2].split()[1:], strict=True)
    ]


@pytest.mark.slow
def test_command_reports_a_survivor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    variants = [ANSWERS[text][0] for text in ("no doubling", "wrong at 7")]
    done = command(monkeypatch, tmp_path, variants)
    assert done.exit_code == 1
    assert "ex1-double: wrong, survived: wrong at 7" in done.output
    assert "no doubling" not in done.output


@pytest.mark.slow
def test_command_shows_each_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    variants = [ANSWERS["no doubling"][0], ANSWERS["untrained"][0]]
    done = command(monkeypatch, tmp_path, variants, "-v", "-e", "ex1-double")
    assert done.exit_code == 0
    assert "wrong, visible: no doubling" in done.output
    assert "double(2) has the wrong value" in done.output
    assert "ex3-fit" not in done.output


def test_command_names_a_missing_notebook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(harness, "SOLUTIONS", tmp_path)
    done = CliRunner().invoke(harness.main, ["01"])
    assert done.exit_code == 1
    assert "expected one notebook 01-*/01-*.ipynb" in done.output


def test_command_names_an_unknown_exercise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = command(monkeypatch, tmp_path, [ANSWERS["no doubling"][0]], "-e", "ex9-none")
    assert done.exit_code == 1
    assert "no variants for the exercise 'ex9-none'" in done.output
