"""Submissions that use up processes, memory or disk.

Each asks for a bounded amount, and gives back what it was granted. Those that end the kernel do
so before exercise 3 is judged: what was judged until then keeps its points.
"""

import io
import zipfile

from tests.submissions.attacks import BEFORE_THE_LAST, attack, in_answer
from tests.submissions.cases import FULL, Work, hostile, without
from tests.submissions.fixture import VISIBLE

# Processes and threads


@hostile("doubles itself seven times", points=FULL)
def forks(work: Work) -> None:
    attack(
        work,
        """\
me = os.getpid()
for _ in range(7):
    with suppress(OSError):
        os.fork()
if os.getpid() != me:
    time.sleep(20)
    os._exit(0)""",
    )


@hostile("starts 500 threads", points=FULL)
def starts_threads(work: Work) -> None:
    attack(
        work,
        """\
done = threading.Event()
try:
    for _ in range(500):
        threading.Thread(target=done.wait, args=(30,), daemon=True).start()
    leak("500 threads")
finally:
    done.set()""",
    )


@hostile("opens 5000 files", points=FULL)
def opens_files(work: Work) -> None:
    attack(
        work,
        """\
files = []
try:
    for _ in range(5000):
        files.append(open("/dev/null"))
    leak("5000 open files")
finally:
    for file in files:
        file.close()""",
    )


# Memory


@hostile("fills 3 GB of memory", points=FULL)
def fills_memory(work: Work) -> None:
    attack(
        work,
        """\
blocks = []
try:
    for _ in range(24):
        blocks.append(np.ones(2**24))
    leak("3 GB")
finally:
    blocks.clear()""",
    )


@hostile("fills 3.4 GB of memory in six processes", points=without("ex3"))
def fills_memory_by_children(work: Work) -> None:
    attack(
        work,
        """\
children = []
for _ in range(6):
    if (pid := os.fork()) == 0:
        block = b"x" * 560_000_000
        time.sleep(5)
        os._exit(0)
    children.append(pid)
if not any(os.waitpid(pid, 0)[1] for pid in children):
    leak("3.4 GB")""",
        BEFORE_THE_LAST,
    )


@hostile("an answer returns an array of 1 GB", points=FULL | {"ex1": VISIBLE})
def returns_much(work: Work) -> None:
    in_answer(work, "ex1-rescale", "if len(x) > 10: return np.ones(130_000_000)")


# Disk


@hostile("fills folders with 1 GB each", points=FULL)
def fills_folders(work: Work) -> None:
    attack(
        work,
        """\
block = bytes(200_000_000)
for folder in (Path("/dev/shm"), Path("/tmp"), Path.cwd()):
    files = [folder / f"fill-{os.getpid()}-{number}" for number in range(5)]
    try:
        for file in files:
            file.write_bytes(block)
        leak(f"1 GB in {folder}")
    except OSError:
        pass
    finally:
        for file in files:
            file.unlink(missing_ok=True)""",
    )


@hostile("writes a file of 2 GB", points=FULL)
def writes_large_file(work: Work) -> None:
    # With a hole in it, so that it fills no disk.
    attack(
        work,
        """\
try:
    with open("large", "wb") as file:
        file.truncate(2_000_000_000)
    leak("2 GB")
finally:
    os.unlink("large")""",
    )


@hostile("writes 50,000 files", points=FULL)
def writes_many_files(work: Work) -> None:
    attack(
        work,
        """\
for number in range(50_000):
    open(f"file-{number}", "w").close()
if Path.cwd().is_relative_to(root):
    leak("50,000 files in the course")""",
    )


@hostile("goes for the judge: 50,000 files in the common folder", points=without("ex3"))
def writes_many_files_for_both(work: Work) -> None:
    attack(
        work,
        """\
os.chdir("/exchange")
for number in range(50_000):
    open(f"file-{number}", "w").close()
time.sleep(10)""",
        BEFORE_THE_LAST,
    )


@hostile("goes for the judge: 800 MB in the common folder", points=without("ex3"))
def fills_common_folder(work: Work) -> None:
    attack(
        work,
        """\
for number in range(4):
    Path(f"/exchange/file-{number}").write_bytes(bytes(200_000_000))
time.sleep(10)""",
        BEFORE_THE_LAST,
    )


@hostile("goes for the grader: a common folder too deep for shutil.rmtree", points=FULL)
def makes_deep_folder(work: Work) -> None:
    attack(
        work,
        """\
os.chdir("/exchange")
for _ in range(1500):
    os.mkdir("d")
    os.chdir("d")
os.chdir("/")""",
    )


@hostile("goes for the grader: files beside the kernel's sockets", points=without("ex3"))
def fills_folder_of_sockets(work: Work) -> None:
    attack(
        work,
        """\
import json
from ipykernel import get_connection_file

folder = Path(json.loads(Path(get_connection_file()).read_text())["ip"]).parent
os.chdir(folder if folder.name == "ipc" else "/nowhere")
for number in range(20_000):
    open(f"file-{number}", "w").close()
time.sleep(10)""",
        BEFORE_THE_LAST,
    )


@hostile("beside the notebook lies an archive that unpacks to 200 MB", points=FULL)
def hands_in_bomb(work: Work) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(200_000_000))
    work.write("data.zip", data.getvalue())
    work.save()
