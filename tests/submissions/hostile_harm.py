"""Submissions that change what is not theirs: files, the gradebook, other processes.

What they change is the course's own copy in its temporary folder. Where nobody would see the
change, or it would not be bounded, they only tell that they could (`attacks.leak`).
"""

from tests.submissions.attacks import attack
from tests.submissions.cases import FULL, NONE, Work, hostile


def _blank(work: Work) -> None:
    work.blank_out(*(cell.id for cell in work.blank.cells))


# The gradebook


@hostile("gives itself 1000 points by hand", points=NONE, keeps=("gradebook",))
def writes_manual_score(work: Work) -> None:
    _blank(work)
    attack(
        work,
        """\
with sqlite3.connect(root / "gradebook.db") as database:
    database.execute("update grade set manual_score = 1000")""",
    )


@hostile("gives itself extra credit", points=NONE, keeps=("gradebook",))
def writes_extra_credit(work: Work) -> None:
    _blank(work)
    attack(
        work,
        """\
with sqlite3.connect(root / "gradebook.db") as database:
    database.execute("update grade set extra_credit = 50")""",
    )


@hostile("makes all tests worth nothing", points=FULL, keeps=("gradebook",))
def writes_maximum(work: Work) -> None:
    attack(
        work,
        """\
with sqlite3.connect(root / "gradebook.db") as database:
    database.execute("update grade_cells set max_score = 0")""",
    )


@hostile("replaces a hidden test in the gradebook", points=NONE, keeps=("gradebook",))
def writes_tests(work: Work) -> None:
    _blank(work)
    attack(
        work,
        """\
with sqlite3.connect(root / "gradebook.db") as database:
    database.execute("update source_cell set source = '10' where name like '%hidden'")""",
    )


@hostile("deletes the gradebook", points=FULL, keeps=("gradebook",))
def deletes_gradebook(work: Work) -> None:
    attack(work, '(root / "gradebook.db").unlink()')


@hostile("locks the gradebook for 20 seconds", points=FULL)
def locks_gradebook(work: Work) -> None:
    attack(
        work,
        """\
lock = "import sqlite3, sys, time; database = sqlite3.connect(sys.argv[1]);"
lock += "database.execute('begin exclusive'); time.sleep(20)"
if (root / "gradebook.db").exists():
    subprocess.Popen([sys.executable, "-c", lock, root / "gradebook.db"])
    time.sleep(1)
    leak("a lock")""",
    )


@hostile("writes into the gradebook after its notebook ended", points=NONE, keeps=("gradebook",))
def writes_late(work: Work) -> None:
    _blank(work)
    attack(
        work,
        """\
late = "import sqlite3, sys, time; time.sleep(10); database = sqlite3.connect(sys.argv[1]);"
late += "database.execute('update grade set manual_score = 1000'); database.commit()"
command = [sys.executable, "-c", late, root / "gradebook.db"]
subprocess.Popen(command, start_new_session=True)""",
    )


# Other files


@hostile("overwrites another student's submission", points=FULL, keeps=("submissions",))
def overwrites_another_submission(work: Work) -> None:
    attack(
        work,
        """\
for path in root.glob("submitted/honest-blank/*/*.ipynb"):
    path.write_text("{}")""",
    )


@hostile("writes into other students' graded notebooks and feedback", points=FULL)
def overwrites_graded_notebook(work: Work) -> None:
    attack(
        work,
        """\
for folder in ("accepted", "autograded", "feedback"):
    for path in root.glob(f"{folder}/honest-*/*/*"):
        with suppress(OSError), path.open("a") as file:
            file.write(" ")
            leak(f"changed {path}")""",
    )


@hostile("changes solutions and releases", points=FULL, keeps=("solutions",))
def changes_solutions(work: Work) -> None:
    attack(
        work,
        """\
for path in [*root.glob("solutions/*/*.ipynb"), *root.glob("notebooks/*/*.ipynb")]:
    path.write_text(path.read_text() + " ")
(root / "solutions" / "notes.txt").write_text("x")""",
    )


@hostile("changes the course's settings", points=FULL, keeps=("settings",))
def changes_course_settings(work: Work) -> None:
    attack(
        work,
        """\
with suppress(OSError), open(root / "nbgrader_config.py", "a") as file:
    file.write("# changed")
(root / "sitecustomize.py").write_text("# new")""",
    )


@hostile("changes what a shell reads when it starts", points=FULL, keeps=("home",))
def changes_home(work: Work) -> None:
    attack(
        work,
        """\
home = root.parent / "home"
for name in (".bashrc", ".ssh/authorized_keys", ".jupyter/jupyter_config.py", ".crontab"):
    with suppress(OSError):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("# changed")""",
    )


@hostile("writes a git hook into the course", points=FULL)
def writes_git_hook(work: Work) -> None:
    attack(
        work,
        """\
hook = root / ".git" / "hooks" / "post-commit"
# A sandbox lets it make all these folders in a /tmp of its own: that is no success.
if root.is_dir():
    hook.parent.mkdir(parents=True)
    hook.write_text("#!/bin/sh\\n")
    leak("a hook")""",
    )


@hostile("changes the packages that everybody imports", points=FULL)
def changes_packages(work: Work) -> None:
    # Opening is enough; the new file is removed again.
    attack(
        work,
        """\
import helpers, ipykernel, json

for module in (helpers, np, ipykernel, json):
    with suppress(OSError):
        open(module.__file__, "r+").close()
        leak(f"may change {module.__name__}")
    with suppress(OSError):
        new = Path(module.__file__).parent / f"new-{os.getpid()}.txt"
        new.touch()
        new.unlink()
        leak(f"may write beside {module.__name__}")""",
    )


@hostile("changes who may read the gradebook, and when it was changed", points=FULL)
def changes_modes(work: Work) -> None:
    attack(
        work,
        """\
for change in (lambda path: path.chmod(0o666), lambda path: os.utime(path, (0, 0))):
    for path in (root, root / "gradebook.db", root.parent / "home" / ".ssh"):
        with suppress(OSError):
            change(path)
            leak(f"changed {path}")""",
    )


# Other processes


@hostile("kills the grading", points=FULL)
def kills_grading(work: Work) -> None:
    attack(work, "os.kill(keeper(), signal.SIGKILL)")


@hostile("asks the grading to end", points=FULL)
def ends_grading(work: Work) -> None:
    attack(
        work,
        """\
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    os.kill(keeper(), number)""",
    )


@hostile("stops the grading", points=FULL)
def stops_grading(work: Work) -> None:
    attack(work, "os.kill(keeper(), signal.SIGSTOP)")


@hostile("limits the grading to files of 4 kB", points=FULL)
def limits_grading(work: Work) -> None:
    attack(work, "resource.prlimit(keeper(), resource.RLIMIT_FSIZE, (4096, 4096))")
