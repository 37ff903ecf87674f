"""Submissions that read what is not theirs: files of the course and of others.

All is answered, so the attack costs no points: what counts is that nothing comes back. What it
finds it prints, or it prints a line that begins with the mark of `attacks.leak`.
"""

from tests.submissions.attacks import attack, in_answer
from tests.submissions.cases import FULL, Work, hostile

# Files


@hostile("reads the solutions", points=FULL, keeps=("solutions",))
def reads_solutions(work: Work) -> None:
    attack(
        work,
        """\
for path in [*root.glob("solutions/*/*"), *Path("/course").rglob("solutions/*")]:
    print(path.read_text())""",
    )


@hostile("reads the gradebook", points=FULL, keeps=("gradebook",))
def reads_gradebook(work: Work) -> None:
    attack(
        work,
        """\
database = sqlite3.connect(f"file:{root / 'gradebook.db'}?mode=ro", uri=True)
leak(database.execute("select * from student").fetchall())""",
    )


@hostile("reads the answers of another student", points=FULL, keeps=("submissions",))
def reads_another_submission(work: Work) -> None:
    attack(
        work,
        """\
for folder in ("submitted", "accepted", "autograded", "feedback"):
    for path in root.glob(f"{folder}/honest-*/*/*"):
        print(path.read_text()[-3000:])""",
    )


@hostile("reads the homes of this machine", points=FULL, keeps=("home",))
def reads_home(work: Work) -> None:
    attack(
        work,
        """\
for home in (root.parent / "home", Path.home()):
    for path in (home / "diary.txt", home / ".ssh" / "id_secret"):
        with suppress(OSError):
            print(path.read_text())""",
    )


@hostile("climbs up from its working directory", points=FULL, keeps=("around", "solutions"))
def climbs_up(work: Work) -> None:
    attack(
        work,
        """\
for folder in list(Path.cwd().parents)[:-1]:
    for path in [*folder.glob("*.txt"), *folder.glob("solutions/*/*.txt")]:
        with suppress(OSError):
            print(path.read_text()[:1000])""",
    )


@hostile("goes through other processes' view of the files", points=FULL, keeps=("around",))
def reads_through_processes(work: Work) -> None:
    attack(
        work,
        """\
for process in ("self", "1", keeper(), os.getppid()):
    for door in (f"root{root.parent}", "cwd/..", "root/../../.."):
        with suppress(OSError):
            print(Path(f"/proc/{process}/{door}/around.txt").read_text())""",
    )


@hostile("reads the machine's passwords", points=FULL)
def reads_passwords(work: Work) -> None:
    attack(
        work,
        """\
for name in ("/etc/shadow", "/etc/gshadow"):
    with suppress(OSError), open(name) as file:
        leak(f"{len(file.read())} characters of {name}")""",
    )


@hostile("finds the hidden tests in a file", points=FULL)
def reads_hidden_tests_in_files(work: Work) -> None:
    attack(
        work,
        """\
secret = b"rescale(noise), " + b"undone"
for folder in (Path.cwd(), Path("/scratch"), Path("/course"), Path("/exchange")):
    for path in folder.rglob("*"):
        with suppress(OSError):
            if path.is_file() and secret in path.read_bytes():
                leak(f"hidden tests in {path}")""",
    )


@hostile("an answer prints the inputs of hidden tests while they run", points=FULL)
def prints_hidden_inputs(work: Work) -> None:
    in_answer(work, "ex1-rescale", 'if len(x) > 10: print("LEAK" + ":", list(x))')


@hostile("imports the grader and reads its settings", points=FULL)
def imports_the_grader(work: Work) -> None:
    attack(
        work,
        """\
import importlib.util

sys.path += [str(root), *(str(folder) for folder in Path.cwd().parents)]
for name in ("grading", "nbgrader_config", "tests"):
    if importlib.util.find_spec(name):
        leak(f"the grader's {name}")
print((root / "nbgrader_config.py").read_text())
leak("the grader's settings")""",
    )


# What returns to the student with the graded notebook


@hostile("lays links to secrets beside its notebook", points=FULL, keeps=("home", "gradebook"))
def links_to_secrets(work: Work) -> None:
    attack(
        work,
        """\
Path("diary.txt").symlink_to(root.parent / "home" / "diary.txt")
Path("grades.txt").symlink_to(root / "gradebook.db")""",
    )


@hostile("lays hard links to secrets beside its notebook", points=FULL, keeps=("home",))
def hard_links_to_secrets(work: Work) -> None:
    attack(work, 'os.link(root.parent / "home" / "diary.txt", "diary.txt")')


@hostile("copies secrets beside its notebook", points=FULL, keeps=("around",))
def copies_secrets(work: Work) -> None:
    attack(work, 'Path("notes.txt").write_text((root.parent / "around.txt").read_text())')


@hostile(
    "goes for the judge: links to secrets in the folder that both kernels write",
    points=FULL,
    keeps=("home", "around"),
)
def links_in_the_exchange(work: Work) -> None:
    attack(
        work,
        """\
exchange = Path("/exchange")
for name in ("home", "around.txt", "course"):
    (exchange / name).symlink_to(root.parent / name)
(exchange / "home-of-all").symlink_to("/")
os.mkfifo(exchange / "pipe")""",
    )
