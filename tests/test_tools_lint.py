"""``lint``: the sample keeps all rules, and each rule finds the faults planted for it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbformat.v4 import new_output

from tests import sample_notebook as sample
from tools.lint import RULES
from tools.lint import lint as lint_file
from tools.model import CourseNotebook
from tools.notebooks import main
from tools.rules.code import cell_sizes, code_lines
from tools.rules.prose import count_words

TOTAL, STEP = "ex1-running-total", "ex2-largest-step"
PLOT = "import matplotlib.pyplot as plt\n\nplt.plot(series)"


def edit(name, old, new):
    """Return a fault: in the cell ``name``, ``new`` stands where ``old`` was."""

    def plant(notebook):
        cell = sample.find(notebook, name)
        assert old in cell.source, f"{name} must hold {old!r} to plant the fault"
        cell.source = cell.source.replace(old, new)

    return plant


def put(name, source):
    """Return a fault: the cell ``name`` has another text."""
    return lambda notebook: sample.find(notebook, name).update(source=source)


def add(cell, after="summary"):
    """Return a fault: a cell stands after the one with the id ``after``."""

    def plant(notebook):
        index = notebook.cells.index(sample.find(notebook, after))
        notebook.cells.insert(index + 1, cell)

    return plant


def drop(name):
    """Return a fault: the cell ``name`` is gone."""
    return lambda notebook: sample.remove(notebook, name)


def flag(name, **flags):
    """Return a fault: nbgrader's metadata of the cell ``name`` has other values."""
    return lambda notebook: sample.find(notebook, name).metadata.nbgrader.update(flags)


def rename(name, new, grade_id=None):
    """Return a fault: the cell ``name`` has another id, and perhaps another grade_id."""

    def plant(notebook):
        cell = sample.find(notebook, name)
        cell.id = new
        if grade_id:
            cell.metadata.nbgrader.grade_id = grade_id

    return plant


def swap(first, second):
    """Return a fault: two cells have changed places."""

    def plant(notebook):
        a, b = (notebook.cells.index(sample.find(notebook, name)) for name in (first, second))
        notebook.cells[a], notebook.cells[b] = notebook.cells[b], notebook.cells[a]

    return plant


def all_of(*plants):
    """Return several changes as one."""

    def plant(notebook):
        for each in plants:
            each(notebook)

    return plant


def set_metadata(notebook):
    notebook.metadata.authors = []


def set_output(notebook):
    sample.find(notebook, "setup").outputs = [new_output("stream", text="3")]


def set_count(notebook):
    sample.find(notebook, "setup").execution_count = 3


def set_editable(notebook):
    sample.find(notebook, "goals").metadata.editable = False


def set_raw(notebook):
    sample.find(notebook, "goals").cell_type = "raw"


def renumber(notebook):
    for cell in notebook.cells:
        if cell.id.startswith("ex2-"):
            cell.id = cell.metadata.nbgrader.grade_id = cell.id.replace("ex2-", "ex3-")


def long_lines(count, start=""):
    return start + "\n".join(f"print({i})" for i in range(count))


# (rule, cell that the finding names, fault). The file itself is named "file".
FAULTS = [
    ("valid-format", "file", lambda notebook: notebook.cells[0].pop("id")),
    ("valid-format", "file", rename("goals", "no blanks allowed")),
    ("valid-format", "goals", set_raw),
    ("nbgrader-metadata", "setup", flag("setup", points="many")),
    ("nbgrader-metadata", "setup", flag("setup", schema_version=2)),
    (
        "nbgrader-metadata",
        "setup",
        lambda nb: sample.find(nb, "setup").metadata.nbgrader.pop("grade"),
    ),
    ("unique-ids", "goals", rename("summary", "goals")),
    ("unique-ids", STEP, flag("setup", grade_id=STEP)),
    ("kebab-ids", "6e5f8a3c", rename("goals", "6e5f8a3c")),
    ("kebab-ids", "S1_goals", rename("goals", "S1_goals")),
    ("id-is-grade-id", "setup-2", rename("setup", "setup-2")),
    ("allowed-metadata", "file", set_metadata),
    ("allowed-metadata", "goals", set_editable),
    ("allowed-metadata", "setup", flag("setup", checksum="0" * 32)),
    ("no-outputs", "setup", set_output),
    ("no-outputs", "setup", set_count),
    ("exercise-numbers", "file", renumber),
    ("exercise-parts", f"{TOTAL}-statement", drop(TOTAL)),
    ("exercise-parts", TOTAL, drop(f"{TOTAL}-statement")),
    ("exercise-parts", f"{TOTAL}-statement", drop(f"{TOTAL}-check")),
    ("exercise-parts", f"{TOTAL}-statement", drop(f"{TOTAL}-hidden")),
    ("exercise-parts", f"{TOTAL}-statement", drop(f"{TOTAL}-notice")),
    ("exercise-parts", f"{TOTAL}-statement", swap(f"{TOTAL}-check", f"{TOTAL}-hidden")),
    ("exercise-parts", f"{TOTAL}-statement", swap(TOTAL, f"{TOTAL}-check")),
    (
        "exercise-parts",
        f"{TOTAL}-statement",
        add(sample.code(f"{TOTAL}-train", "x = 1", locked=True), f"{TOTAL}-check"),
    ),
    (
        "exercise-parts",
        f"{STEP}-statement",
        rename(f"{STEP}-hidden", "ex2-other-hidden", "ex2-other-hidden"),
    ),
    ("part-kinds", f"{TOTAL}-check", flag(f"{TOTAL}-check", locked=False)),
    ("part-kinds", f"{TOTAL}-statement", flag(f"{TOTAL}-statement", locked=False)),
    ("part-kinds", TOTAL, flag(TOTAL, locked=True)),
    ("part-kinds", f"{TOTAL}-hidden", flag(f"{TOTAL}-hidden", grade=False)),
    (
        "statement-heading",
        f"{TOTAL}-statement",
        edit(f"{TOTAL}-statement", "45 points", "40 points"),
    ),
    ("statement-heading", f"{TOTAL}-statement", edit(f"{TOTAL}-statement", "about 5 min", "quick")),
    (
        "statement-heading",
        f"{TOTAL}-statement",
        edit(f"{TOTAL}-statement", "Exercise 1", "Exercise 2"),
    ),
    ("statement-heading", f"{TOTAL}-statement", edit(f"{TOTAL}-statement", " · ", ": ")),
    ("statement-heading", f"{TOTAL}-statement", edit(f"{TOTAL}-statement", "### ", "## ")),
    (
        "statement-contents",
        f"{TOTAL}-statement",
        edit(f"{TOTAL}-statement", "| :-- | :-- | :-- |", ""),
    ),
    ("statement-contents", f"{TOTAL}-statement", edit(f"{TOTAL}-statement", "Example", "Note")),
    ("statement-contents", f"{TOTAL}-statement", edit(f"{TOTAL}-statement", "</details>", "")),
    (
        "statement-contents",
        f"{TOTAL}-statement",
        edit(f"{TOTAL}-statement", "<summary>Hint 2</summary>", ""),
    ),
    (
        "statement-contents",
        f"{TOTAL}-statement",
        edit(f"{TOTAL}-statement", "Write", "<details><summary>Hint 0</summary>x</details>\nWrite"),
    ),
    ("solution-regions", TOTAL, edit(TOTAL, "    ### END SOLUTION", "    pass")),
    ("solution-regions", TOTAL, edit(TOTAL, "    ### BEGIN SOLUTION\n", "")),
    ("solution-regions", TOTAL, edit(TOTAL, "    values", "    ### BEGIN SOLUTION\n    values")),
    ("solution-regions", "goals", edit("goals", "You", "### BEGIN SOLUTION\n### END SOLUTION")),
    ("solution-regions", STEP, put(STEP, "def largest_step(x):\n    return 4.0")),
    (
        "solution-stub",
        TOTAL,
        edit(TOTAL, '    """Return the running', '    x = """Return the running'),
    ),
    (
        "solution-stub",
        TOTAL,
        put(TOTAL, "### BEGIN SOLUTION\ndef running_total(x):\n    return x\n### END SOLUTION"),
    ),
    ("solution-stub", TOTAL, edit(TOTAL, "def running_total(x):", "def running_total(x)")),
    (
        "graded-cells",
        "bonus",
        add(sample.code("bonus", "check_close('a', 1, 1)", grade=True, locked=True, points=0)),
    ),
    ("graded-cells", "note", add(sample.markdown("note", "Do it.", task=True, points=0))),
    ("hidden-region", f"{TOTAL}-hidden", edit(f"{TOTAL}-hidden", "### END HIDDEN TESTS", "")),
    ("hidden-region", f"{TOTAL}-hidden", edit(f"{TOTAL}-hidden", "### BEGIN HIDDEN TESTS", "")),
    (
        "hidden-region",
        f"{TOTAL}-hidden",
        edit(f"{TOTAL}-hidden", "# Hidden tests", "'Hidden tests'"),
    ),
    (
        "hidden-region",
        f"{TOTAL}-hidden",
        edit(f"{TOTAL}-hidden", "### BEGIN", "x = 1\n### BEGIN"),
    ),
    (
        "hidden-region",
        f"{TOTAL}-check",
        edit(f"{TOTAL}-check", "print", "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\nprint"),
    ),
    ("points-total", "file", flag("q1-order", points=9)),
    ("points-total", "file", flag(f"{STEP}-hidden", points=28)),
    ("points-split", f"{TOTAL}-check", flag(f"{TOTAL}-check", points=30)),
    ("points-split", f"{TOTAL}-check", flag(f"{TOTAL}-check", points=17.5)),
    ("points-split", f"{TOTAL}-hidden", flag(f"{TOTAL}-hidden", points=0)),
    ("manual-question", "file", drop("q1-order")),
    ("manual-question", "q1-order", edit("q1-order", "Mark scheme", "So")),
    ("manual-question", "q1-order", edit("q1-order", "(4 points)", "(3 points)")),
    ("manual-question", "question", rename("q1-order", "question", "question")),
    (
        "assert-messages",
        f"{TOTAL}-hidden",
        edit(f"{TOTAL}-hidden", ', "the total must grow by each value"', ""),
    ),
    (
        "tests-test",
        f"{TOTAL}-check",
        put(f"{TOTAL}-check", 'running_total([1])\nprint("Exercise 1 passed: well done.")'),
    ),
    (
        "check-opening",
        f"{TOTAL}-check",
        edit(f"{TOTAL}-check", "check_defined", "x = 1\ncheck_defined"),
    ),
    ("check-opening", f"{TOTAL}-check", edit(f"{TOTAL}-check", '("running_total",', '("total",')),
    ("check-closing", f"{TOTAL}-check", edit(f"{TOTAL}-check", "Exercise 1 passed", "Well done")),
    ("check-closing", f"{TOTAL}-check", edit(f"{TOTAL}-check", "Exercise 1", "Exercise 2")),
    ("check-closing", f"{TOTAL}-check", edit(f"{TOTAL}-check", "print", "x = 1  # print")),
    (
        "no-trailing-value",
        f"{TOTAL}-hidden",
        edit(f"{TOTAL}-hidden", "### END", "len(steps)\n### END"),
    ),
    ("no-trailing-value", f"{TOTAL}-check", edit(f"{TOTAL}-check", "print", "str")),
    ("test-names", "s2-worked-example", put("s2-worked-example", "print(steps)")),
    (
        "test-names",
        f"{STEP}-hidden",
        edit(f"{STEP}-hidden", "falling)", "falling + steps[0])"),
    ),
    ("test-names", STEP, edit(STEP, "if len(x) < 2:", "if len(x) < len(grown):")),
    (
        "judged-names",
        f"{STEP}-check",
        all_of(
            put("s2-worked-example", "given = 3"),
            edit(f"{STEP}-check", "print(", "assert given, 'given'\nprint("),
        ),
    ),
    (
        "judged-names",
        f"{STEP}-hidden",
        edit(f"{STEP}-hidden", "### END", "assert nowhere, 'nowhere'\n### END"),
    ),
    (
        "judged-behaviour",
        f"{STEP}-hidden",
        edit(f"{STEP}-hidden", "### END", "assert 'x' in globals(), 'x'\n### END"),
    ),
    (
        "judged-behaviour",
        f"{STEP}-hidden",
        edit(f"{STEP}-hidden", "### END", "assert steps.__code__, 'code'\n### END"),
    ),
    (
        "judged-behaviour",
        f"{STEP}-hidden",
        edit(f"{STEP}-hidden", "### END", "import inspect\n### END"),
    ),
    (
        "judged-python",
        f"{STEP}-hidden",
        edit(f"{STEP}-hidden", "### END", "%time 1\n### END"),
    ),
    ("cell-size", "file", lambda nb: [c.update(source=long_lines(7)) for c in nb.cells[5:]]),
    ("cell-size", "file", put("s1-worked-example", long_lines(21))),
    ("cell-size", "s1-worked-example", put("s1-worked-example", long_lines(41))),
    ("code-parses", "s1-worked-example", put("s1-worked-example", "print(")),
    ("setup-first", "setup", flag("setup", locked=False)),
    ("setup-first", "s1-worked-example", drop("setup")),
    ("setup-first", "early", add(sample.code("early", "x = 1"), "title")),
    ("no-shell", "extra", add(sample.code("extra", "!ls"))),
    ("no-shell", "extra", add(sample.code("extra", "%timeit 1"))),
    ("no-shell", "extra", add(sample.code("extra", "%%bash\nls"))),
    ("no-shell", "extra", add(sample.code("extra", "%pip install numpy"))),
    ("no-shell", "extra", add(sample.code("extra", 'import os\n\nos.system("conda list")'))),
    ("no-network", "extra", add(sample.code("extra", "import requests"))),
    ("no-network", "extra", add(sample.code("extra", "from urllib.request import urlopen"))),
    ("no-network", "extra", add(sample.code("extra", 'x = pd.read_csv("https://a.org/b.csv")'))),
    ("no-network", "extra", add(sample.code("extra", 'x = sm.datasets.get_rdataset("co2")'))),
    ("no-blanket-filter", "extra", add(sample.code("extra", 'warnings.filterwarnings("ignore")'))),
    ("no-blanket-filter", "extra", add(sample.code("extra", 'simplefilter(action="ignore")'))),
    (
        "no-blanket-filter",
        "extra",
        add(sample.code("extra", 'warnings.simplefilter("ignore", category=Warning)')),
    ),
    ("no-tensorflow", "extra", add(sample.code("extra", "import tensorflow as tf"))),
    ("no-tensorflow", "extra", add(sample.code("extra", "x = 1  # as Keras does it"))),
    ("title-line", "title", edit("title", "20 min · 100 points", "20 minutes")),
    ("title-line", "title", edit("title", "# Measure", "Measure")),
    ("minutes-add-up", "title", edit("title", "20 min", "14 min")),
    ("motivation", "s1-motivation", edit("s1-motivation", "far?", "far.")),
    ("motivation", "s1-motivation", edit("s1-motivation", "How", "Very " * 75 + "how")),
    ("motivation", "file", all_of(drop("s1-motivation"), drop("s2-motivation"))),
    ("notice", f"{TOTAL}-notice", edit(f"{TOTAL}-notice", "needs", "needs " * 60)),
    ("notice", f"{TOTAL}-notice", edit(f"{TOTAL}-notice", "What to notice", "So")),
    ("text-alternatives", "s1-worked-example", put("s1-worked-example", PLOT)),
    ("text-alternatives", "plot", add(sample.code("plot", "helpers.plot_series(series, 'x')"))),
]


def lint(notebook, folder: Path, name=sample.NAME):
    path = sample.write(folder / "solutions", notebook, name)
    return lint_file(path, folder).findings


def test_sample_keeps_every_rule(tmp_path):
    assert lint(sample.build(), tmp_path) == []


@pytest.mark.parametrize(("rule", "cell", "plant"), FAULTS)
def test_rule_finds_fault(rule, cell, plant, tmp_path):
    notebook = sample.build()
    plant(notebook)
    findings = lint(notebook, tmp_path)
    assert (rule, cell) in {(finding.rule, finding.cell) for finding in findings}


def test_every_rule_has_a_fault_that_it_finds():
    by_their_own_tests = {"file-place"}
    assert {rule for rule, _, _ in FAULTS} | by_their_own_tests == {rule.name for rule in RULES}


def test_every_rule_says_in_one_line_what_it_is_for():
    assert all(30 < len(rule.purpose) < 100 and rule.purpose.endswith(".") for rule in RULES)


# What looks like a fault and is none: (fault, why).
HARMLESS = [
    (put("s1-worked-example", "steps = 1\nprint(steps)"), "bound by the cell itself"),
    (
        add(sample.code("again", "steps = 1"), f"{TOTAL}-notice"),
        "bound by a cell that nobody grades",
    ),
    (
        edit(f"{TOTAL}-hidden", "steps =", "import numpy as np\n\nsteps ="),
        "the setup's import once more",
    ),
    (
        put(
            "s2-worked-example", "try:\n    print(1)\nexcept ValueError as steps:\n    print(steps)"
        ),
        "bound by except",
    ),
    (put("s2-worked-example", "print([steps for steps in series])"), "bound in a comprehension"),
    (put("s2-worked-example", "print((lambda steps: steps)(1))"), "an argument"),
    (
        all_of(
            put("s2-worked-example", PLOT),
            edit(f"{STEP}-statement", "Write", "*Text alternative: a line that falls.*\n\nWrite"),
        ),
        "a plot with its text below",
    ),
    (
        edit("setup", "import numpy as np", 'import numpy as np\n\nplt.style.use("a")'),
        "the setup draws nothing",
    ),
    (
        add(sample.code("extra", "x = (\n    1\n    != 2\n    % 3\n)")),
        "operators at the beginning of lines",
    ),
    (
        all_of(
            add(sample.code("extra", "!pip install numpy")),
            lambda nb: sample.find(nb, "extra").metadata.update(tags=["optional"]),
        ),
        "optional cells may install",
    ),
    (
        add(sample.code("extra", 'def f():\n    """See https://doi.org/1."""\n    return 1')),
        "a source in a docstring",
    ),
    (
        add(sample.code("extra", 'warnings.filterwarnings("ignore", message="No frequency")')),
        "one warning",
    ),
    (
        add(
            sample.code(f"{TOTAL}-train", "model = running_total(series)", locked=True),
            TOTAL,
        ),
        "training between solution and check",
    ),
]


@pytest.mark.parametrize("plant", [p for p, _ in HARMLESS], ids=[why for _, why in HARMLESS])
def test_harmless_is_let_through(plant, tmp_path):
    notebook = sample.build()
    plant(notebook)
    assert lint(notebook, tmp_path) == []


def test_a_test_cell_that_rebinds_a_name_of_the_setup_is_found(tmp_path):
    notebook = sample.build()
    edit(f"{TOTAL}-hidden", "steps", "series")(notebook)
    cells = {finding.cell for finding in lint(notebook, tmp_path) if finding.rule == "test-names"}
    assert cells == {"s2-worked-example"}


@pytest.mark.parametrize(
    ("points", "check", "good"),
    [(6, 2, True), (6, 3, False), (8, 3, True), (8, 4, False), (14, 5, True), (14, 6, True)],
)
def test_points_of_a_check_are_the_nearest_whole_ones(points, check, good, tmp_path):
    notebook = sample.build()
    flag(f"{TOTAL}-check", points=check)(notebook)
    flag(f"{TOTAL}-hidden", points=points - check)(notebook)
    rules = {finding.rule for finding in lint(notebook, tmp_path)}
    assert ("points-split" not in rules) == good


@pytest.mark.parametrize("name", ["1-sample", "01_sample", "01-Sample"])
def test_file_name_is_checked(name, tmp_path):
    assert [finding.rule for finding in lint(sample.build(), tmp_path, name)] == ["file-place"]


def test_file_outside_its_folder_is_found(tmp_path):
    path = sample.write(tmp_path / "solutions")
    stray = path.rename(path.parent.parent / path.name)
    assert [finding.rule for finding in lint_file(stray, tmp_path).findings] == ["file-place"]


def test_notebook_04_may_use_keras(tmp_path):
    notebook = sample.build()
    add(sample.code("extra", "import keras"))(notebook)
    assert lint(notebook, tmp_path, "04-sample") == []


def test_a_finding_is_one_line_with_place_rule_and_both_values(tmp_path):
    notebook = sample.build()
    flag("q1-order", points=9)(notebook)
    line = str(lint(notebook, tmp_path)[0])
    form = r"solutions/01-sample/01-sample\.ipynb: file: points-total: .+ \(expected .+, got .+\)"
    assert re.fullmatch(form, line)


def test_code_lines_leave_out_blank_lines_and_comments():
    assert code_lines("# a\n\nx = 1  # b\n    # c\ny = '''\nz'''") == 3


def test_sizes_are_reported(tmp_path):
    notebook = sample.build()
    put("s1-worked-example", long_lines(30))(notebook)
    sizes = cell_sizes(CourseNotebook(tmp_path / "x.ipynb", notebook))
    assert (sizes.count, sizes.median, sizes.most, sizes.longest) == (7, 3, 30, 30)
    assert str(sizes) == "7 code cells: median 3, 90th percentile 30, longest 30 lines"


def test_sizes_are_those_of_the_release(tmp_path):
    notebook = sample.build()
    before = cell_sizes(CourseNotebook(tmp_path / "x.ipynb", notebook))
    for grade_id in ("ex1-running-total", "ex1-running-total-hidden"):
        lines = sample.find(notebook, grade_id).source.split("\n")
        sample.find(notebook, grade_id).source = "\n".join(
            [*lines[:-2], "    n = 0", "    n = 1", "    n = 2", *lines[-2:]]
        )
    assert cell_sizes(CourseNotebook(tmp_path / "x.ipynb", notebook)) == before


def test_words_are_counted_without_signs():
    assert count_words("**Two words** · — 3") == 3


def test_command_reports_and_fails(tmp_path):
    course = sample.write_course(tmp_path, "01-good", "02-bad")
    notebook = sample.build()
    flag("q1-order", points=9)(notebook)
    sample.write(course / "solutions", notebook, "02-bad")
    good = CliRunner().invoke(main, ["--root", str(course), "lint", "01"])
    assert (good.exit_code, good.output.count("\n")) == (0, 1)
    both = CliRunner().invoke(main, ["--root", str(course), "lint"])
    assert both.exit_code == 1
    assert "solutions/02-bad/02-bad.ipynb: file: points-total" in both.output
    assert "solutions/01-good/01-good.ipynb: 7 code cells: median 3" in both.output


def test_command_names_a_file_that_is_no_notebook(tmp_path):
    course = sample.write_course(tmp_path)
    path = course / "solutions" / sample.NAME / f"{sample.NAME}.ipynb"
    path.write_text("{")
    result = CliRunner().invoke(main, ["--root", str(course), "lint"])
    assert result.exit_code == 1
    assert "01-sample.ipynb: file: readable: not a notebook" in result.output


def test_command_lists_the_rules():
    result = CliRunner().invoke(main, ["lint", "--rules"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == [r.name for r in RULES]
