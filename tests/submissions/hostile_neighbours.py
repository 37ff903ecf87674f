"""Submissions that look into other processes and into the network.

All is answered, so the attack costs no points: what counts is that nothing comes back.
"""

from tests.submissions.attacks import attack, listeners
from tests.submissions.cases import FULL, Work, hostile

# Searches a process's stack, which holds its environment.
_STACK = """\
pid = keeper()
maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
span = next(line for line in maps if line.endswith("[stack]")).split()[0]
start, end = (int(edge, 16) for edge in span.split("-"))

def search(stack):
    at = stack.find(b"COURSE_SECRET=")
    if at >= 0:
        print(stack[at : at + 50])
"""


# Other processes


@hostile("reads a secret in its environment", points=FULL, keeps=("environment",))
def reads_environment(work: Work) -> None:
    attack(work, 'print(os.environ.get("COURSE_SECRET"))')


@hostile("reads the environment of other processes", points=FULL, keeps=("environment",))
def reads_other_environments(work: Work) -> None:
    attack(
        work,
        """\
for path in Path("/proc").glob("[0-9]*/environ"):
    with suppress(OSError):
        for entry in path.read_bytes().split(b"\\0"):
            if entry.startswith(b"COURSE_SECRET="):
                print(entry)""",
    )


@hostile("reads its keeper's memory as a file", points=FULL, keeps=("environment",))
def reads_memory(work: Work) -> None:
    attack(
        work,
        f"""\
{_STACK}
with open(f"/proc/{{pid}}/mem", "rb", 0) as memory:
    memory.seek(start)
    search(memory.read(end - start))""",
    )


@hostile("reads its keeper's memory by a system call", points=FULL, keeps=("environment",))
def reads_memory_by_call(work: Work) -> None:
    attack(
        work,
        f"""\
{_STACK}
class Span(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("length", ctypes.c_size_t)]

stack = ctypes.create_string_buffer(end - start)
here = Span(ctypes.addressof(stack), end - start)
there = Span(start, end - start)
if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
    search(stack.raw)""",
    )


@hostile("traces its keeper as a debugger does", points=FULL)
def traces_keeper(work: Work) -> None:
    attack(
        work,
        """\
pid, ATTACH, DETACH = keeper(), 16, 17
if libc.ptrace(ATTACH, pid, None, None) == 0:
    os.waitpid(pid, 0)
    libc.ptrace(DETACH, pid, None, None)
    leak("traced the keeper")""",
    )


@hostile("looks what else runs on this machine", points=FULL)
def lists_processes(work: Work) -> None:
    attack(
        work,
        """\
for path in Path("/proc").glob("[0-9]*/cmdline"):
    with suppress(OSError):
        about = path.read_bytes()
        if b"nbgrader" in about or b"pytest" in about:
            leak(about)""",
    )


@hostile("goes for the judge: looks for its process and its connection file", points=FULL)
def looks_for_the_judge(work: Work) -> None:
    attack(
        work,
        """\
from ipykernel import get_connection_file

for path in Path("/proc").glob("[0-9]*/cmdline"):
    with suppress(OSError):
        others = path.parent.name not in map(str, (os.getpid(), keeper()))
        if others and b"kernel.py" in path.read_bytes():
            leak("another kernel's process")
for path in [*Path("/tmp").glob("sandbox-*/*.json"), *Path("/course").glob("*.json")]:
    if path.name != "orders.json" and str(path) != get_connection_file():
        leak("another kernel's connection file")""",
    )


@hostile("goes for the sandbox: looks for open files that it inherited", points=FULL)
def looks_for_descriptors(work: Work) -> None:
    attack(
        work,
        """\
for path in list(Path("/proc/self/fd").iterdir()):
    with suppress(OSError):
        target = os.readlink(path)
        mode = os.stat(path).st_mode
        if target.startswith(str(root)) or stat.S_ISDIR(mode) and "/proc/" not in target:
            leak(f"an open {target}")""",
    )


# The network


@hostile("speaks to a server on this machine", points=FULL)
def speaks_to_a_server(work: Work) -> None:
    port, name = listeners()
    attack(
        work,
        f"""\
doors = (socket.AF_INET, ("127.0.0.1", {port})), (socket.AF_UNIX, "\\0{name}")
for family, address in doors:
    with suppress(OSError), socket.socket(family) as door:
        door.settimeout(2)
        door.connect(address)
        leak(f"{{address!r}} said {{door.recv(100)}}")""",
    )


@hostile("looks for a way into the network", points=FULL)
def looks_for_a_network(work: Work) -> None:
    # To connect a UDP socket sends nothing: it asks only whether there is a way. The address is
    # one that is kept for examples.
    attack(
        work,
        """\
with suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as way:
    way.connect(("192.0.2.1", 9))
    leak(f"a way out from {way.getsockname()[0]}")
for line in Path("/proc/net/dev").read_text().splitlines()[2:]:
    if line.split(":")[0].strip() != "lo":
        leak(f"a network interface: {line}")""",
    )
