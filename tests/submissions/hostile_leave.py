"""Submissions that leave something behind: processes, threads, notes for a friend."""

import zlib

from tests.submissions.attacks import BEFORE_THE_LAST, attack
from tests.submissions.cases import FULL, Work, hostile, without


@hostile("leaves a process in a session of its own", points=FULL)
def leaves_session(work: Work) -> None:
    attack(work, 'subprocess.Popen(["sleep", "600"], start_new_session=True)')


@hostile("leaves a daemon that forked twice", points=FULL)
def leaves_daemon(work: Work) -> None:
    attack(
        work,
        """\
if (pid := os.fork()) == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 64)
        time.sleep(600)
    os._exit(0)
os.waitpid(pid, 0)""",
    )


@hostile("leaves a process that no signal ends", points=FULL)
def leaves_stubborn_process(work: Work) -> None:
    attack(
        work,
        """\
deaf = "import signal, time\\nfor number in (1, 2, 3, 15): signal.signal(number, signal.SIG_IGN)"
subprocess.Popen([sys.executable, "-c", f"{deaf}\\ntime.sleep(600)"])""",
    )


@hostile("leaves a thread for which Python waits at its end", points=FULL)
def leaves_thread(work: Work) -> None:
    attack(work, "threading.Thread(target=time.sleep, args=(600,)).start()")


@hostile("starts a process when the kernel ends", points=FULL)
def leaves_at_exit(work: Work) -> None:
    attack(
        work,
        """\
import atexit

atexit.register(subprocess.Popen, ["sleep", "600"], start_new_session=True)""",
    )


@hostile("goes on as its own child while the kernel ends", points=without("ex3"))
def goes_on_as_child(work: Work) -> None:
    # The child keeps all connections; what is graded has ended with the parent.
    attack(
        work,
        """\
if os.fork() == 0:
    time.sleep(600)
os._exit(0)""",
        BEFORE_THE_LAST,
    )


def _leave_note(work: Work) -> None:
    # Each of the two students looks for the other one's, and removes it.
    key = zlib.crc32(bytes(work.folder.resolve().parents[2]))
    attack(
        work,
        f"""\
KEY, CREATE, REMOVE = {key % 2**31}, 0o1600, 0
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/scratch", "/exchange", os.environ.get("TMPDIR")):
    with suppress(OSError, TypeError):
        note = Path(folder) / f"note-{{KEY}}"
        if note.exists():
            note.unlink()
            leak(f"a note in {{folder}}")
        else:
            note.touch()
if (note := libc.shmget(KEY, 0, 0)) >= 0:
    libc.shmctl(note, REMOVE, None)
    leak("a note in shared memory")
else:
    libc.shmget(KEY, 4096, CREATE)
if (note := libc.msgget(KEY, 0)) >= 0:
    libc.msgctl(note, REMOVE, None)
    leak("a note in a message queue")
else:
    libc.msgget(KEY, CREATE)""",
    )


@hostile("leaves notes on this machine for a friend, or finds them", points=FULL)
def leaves_note(work: Work) -> None:
    _leave_note(work)


@hostile("finds the notes that a friend left, or leaves them", points=FULL)
def leaves_note_too(work: Work) -> None:
    _leave_note(work)
