"""Submissions that ask Linux for what a sandbox has to refuse.

Each undoes at once what it was granted, and tells of it.
"""

from tests.submissions.attacks import attack
from tests.submissions.cases import FULL, Work, hostile

# System calls by number, those of x86_64 and aarch64. One that makes a descriptor loses it again.
_CALL = """\
machine = os.uname().machine == "aarch64"

def call(name, numbers, *arguments):
    result = libc.syscall(numbers[machine], *arguments)
    if result >= 0:
        leak(name)
    return result

def descriptor(name, numbers, *arguments):
    result = call(name, numbers, *arguments)
    if result >= 0:
        os.close(result)
"""


@hostile("becomes root", points=FULL)
def becomes_root(work: Work) -> None:
    attack(
        work,
        """\
for change in (os.setuid, os.seteuid, os.setgid):
    with suppress(OSError):
        change(0)
if 0 in os.getresuid() or 0 in os.getresgid():
    leak("is root")
status = Path("/proc/self/status").read_text()
if int(status.split("CapEff:")[1].split()[0], 16):
    leak("has rights of root")
if int(status.split("NoNewPrivs:")[1].split()[0]) != 1:
    leak("may get rights by a program")""",
    )


@hostile("makes namespaces of its own", points=FULL)
def makes_namespaces(work: Work) -> None:
    attack(
        work,
        """\
spaces = {"user": 0x10000000, "pid": 0x20000000, "net": 0x40000000, "mount": 0x20000}
for name, flag in spaces.items():
    if (pid := os.fork()) == 0:
        os._exit(libc.unshare(flag) != 0)
    if os.waitpid(pid, 0)[1] == 0:
        leak(f"a new {name} namespace")
for name in spaces:
    with suppress(OSError):
        space = os.open(f"/proc/{keeper()}/ns/{name.replace('mount', 'mnt')}", os.O_RDONLY)
        if (pid := os.fork()) == 0:
            os._exit(libc.setns(space, 0) != 0)
        if os.waitpid(pid, 0)[1] == 0:
            leak(f"entered another {name} namespace")
        os.close(space)""",
    )


@hostile("mounts", points=FULL)
def mounts(work: Work) -> None:
    attack(
        work,
        """\
place = Path("/tmp") / f"mount-{os.getpid()}"
place.mkdir()
if libc.mount(b"none", bytes(place), b"tmpfs", 0, b"size=4096") == 0:
    leak("a mount")
    libc.umount2(bytes(place), 2)
place.rmdir()
REMOUNT_BIND = 0x1020
# This folder is only there in a sandbox.
if libc.mount(None, b"/course/inside", None, REMOUNT_BIND, None) == 0:
    leak("the sandbox's files can be changed")""",
    )


@hostile("uses the kernel's keys", points=FULL)
def uses_keys(work: Work) -> None:
    attack(
        work,
        f"""\
{_CALL}
OWN_PROCESS, REVOKE = -2, 3
key = call("a key", (248, 217), b"user", b"course", b"x", 1, OWN_PROCESS)
if key >= 0:
    call("the ring of keys", (250, 219), REVOKE, key)""",
    )


@hostile("uses the loopholes of the kernel", points=FULL)
def uses_loopholes(work: Work) -> None:
    attack(
        work,
        f"""\
{_CALL}
empty = ctypes.create_string_buffer(256)
descriptor("io_uring", (425, 425), 1, empty)
descriptor("userfaultfd", (323, 282), 0)
# A table of one entry, and a counter of nothing.
table = (ctypes.c_uint32 * 32)(2, 4, 4, 1)
descriptor("bpf", (321, 280), 0, table, ctypes.sizeof(table))
counter = (ctypes.c_uint32 * 32)(1, 128, 9)
descriptor("perf", (298, 241), counter, 0, -1, -1, 0)
descriptor("fanotify", (300, 262), 0, 0)
descriptor("files without names", (319, 279), b"x", 0)""",
    )


@hostile("opens sockets of unusual kinds", points=FULL)
def opens_sockets(work: Work) -> None:
    attack(
        work,
        """\
kinds = {
    "packet": (17, socket.SOCK_RAW),
    "vsock": (40, socket.SOCK_STREAM),
    "alg": (38, socket.SOCK_SEQPACKET),
    "raw": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
}
for name, kind in kinds.items():
    with suppress(OSError):
        socket.socket(*kind).close()
        leak(f"a {name} socket")""",
    )


@hostile("traces a process of its own", points=FULL)
def traces_itself(work: Work) -> None:
    attack(
        work,
        """\
if (pid := os.fork()) == 0:
    os._exit(libc.ptrace(0, 0, None, None) != 0)
if os.waitpid(pid, 0)[1] == 0:
    leak("a traced process")""",
    )


@hostile("opens and makes devices", points=FULL)
def opens_devices(work: Work) -> None:
    attack(
        work,
        """\
for path in Path("/dev").iterdir():
    if path.is_block_device() or path.name in ("mem", "kmsg", "fuse", "kvm"):
        with suppress(OSError):
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
            leak(f"opened {path}")
device = f"/tmp/device-{os.getpid()}"
with suppress(OSError):
    os.mknod(device, stat.S_IFBLK | 0o600, os.makedev(7, 0))
    leak("made a device")
    os.unlink(device)""",
    )


@hostile("changes the clock", points=FULL)
def changes_clock(work: Work) -> None:
    # To what it is.
    attack(
        work,
        """\
time.clock_settime_ns(time.CLOCK_REALTIME, time.clock_gettime_ns(time.CLOCK_REALTIME))
leak("the clock")""",
    )


@hostile("changes the machine's name", points=FULL)
def changes_host_name(work: Work) -> None:
    # To what it is.
    attack(
        work,
        """\
socket.sethostname(socket.gethostname())
leak("the name")""",
    )


@hostile("changes the machine's settings", points=FULL)
def changes_system_settings(work: Work) -> None:
    # To be allowed to open the file is enough.
    attack(
        work,
        """\
for name in ("vm/overcommit_memory", "kernel/core_pattern", "fs/file-max"):
    with suppress(OSError):
        os.close(os.open(f"/proc/sys/{name}", os.O_WRONLY))
        leak(f"may change {name}")""",
    )


@hostile("raises its limits", points=FULL)
def raises_limits(work: Work) -> None:
    attack(
        work,
        """\
names = "NPROC", "NOFILE", "FSIZE", "DATA", "CPU"
for name in names:
    number = getattr(resource, f"RLIMIT_{name}")
    with suppress(OSError, ValueError):
        resource.setrlimit(number, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    if resource.getrlimit(number)[1] == resource.RLIM_INFINITY:
        leak(f"{name} is unlimited")
with suppress(OSError):
    Path("/proc/self/oom_score_adj").write_text("-900")
    leak("is the last to be ended where memory is short")""",
    )


@hostile("makes a program that gives its owner's rights", points=FULL)
def makes_setuid_program(work: Work) -> None:
    attack(
        work,
        """\
import shutil

program = f"/tmp/id-{os.getpid()}"
shutil.copy("/usr/bin/id", program)
os.chmod(program, 0o6755)
said = subprocess.run([program], capture_output=True, text=True).stdout
os.unlink(program)
if "euid=0" in said or "uid=0" in said:
    leak(said)""",
    )
