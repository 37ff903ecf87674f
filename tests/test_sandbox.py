"""A sandbox holds: what students' code must not be able to do, tried from inside."""

import logging
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from grading.inside import probes
from grading.sandbox import EXCHANGE, SandboxUnavailable, bubblewrap, mounts
from grading.sandbox.doctor import doctor
from grading.sandbox.folders import remove
from grading.sandbox.visible import visible
from tests.sandboxes import MODES, SECONDS, Kernel, found, started

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """A way of making sandboxes that this machine has."""
    found(request.param)
    return request.param


@pytest.fixture(scope="module")
def submission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A submission's folder, with what belongs there and what does not."""
    folder = tmp_path_factory.mktemp("submission")
    (folder / "data").mkdir()
    (folder / "data" / "table.csv").write_text("a,b\n1,2\n")
    (folder / "notebook.ipynb").write_text("hidden tests")
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "folder").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    for module in ("numpy.py", "inside.py", "ipykernel.py", "json.py"):
        (folder / module).write_text("stolen = True")
    (folder / "helpers").mkdir()
    (folder / "helpers" / "__init__.py").write_text("stolen = True")
    return folder


@pytest.fixture(scope="module")
def bridge() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The grader's end, and the kernel's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture(scope="module")
def kernel(
    mode: str, submission: Path, bridge: tuple[socket.socket, socket.socket]
) -> Iterator[Kernel]:
    """One kernel with narrow limits for all that does not end it."""
    with started(
        mode,
        files=submission,
        bridge=bridge[1].fileno(),
        environment={"COURSE_DATA": f"{EXCHANGE}/data", "COURSE_SEED": "7"},
        data=600,
        file_size=25,
        scratch_size=20,
        processes=80,
    ) as kernel:
        yield kernel


def test_nothing_escapes(mode: str) -> None:
    assert set(found(mode).values()) == {""}


def test_the_probes_find_what_is_open(tmp_path: Path) -> None:
    """A test of the test: the same attempts succeed outside."""
    secret = tmp_path / "secret"
    secret.touch()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        escapes = probes.attempt(
            [str(secret)],
            [str(tmp_path)],
            listener.getsockname()[1],
            os.getpid(),
            ["PATH"],
            {"RLIMIT_NPROC": 0},
        )
    closed = [name for name, escape in escapes.items() if not escape]
    # Whether a user namespace can be had is the machine's affair.
    assert [name for name in closed if "namespace" not in name] == [
        "it works: files can be written, and the course's package imported"
    ]


def test_the_doctor_looks_at_every_way() -> None:
    for mode in MODES:
        found(mode)
    told = CliRunner().invoke(doctor)
    assert told.exit_code == 0, told.output
    ways = [line.split(":")[0] for line in told.output.splitlines()[:-1]]
    assert set(ways) == {
        "yes  bubblewrap",
        "yes  bubblewrap with a forked kernel",
        "yes  landlock",
    }


def test_the_program_that_runs_lies_where_nothing_can_be_written(mode: str, kernel: Kernel) -> None:
    if mode == "landlock":
        pytest.skip("Landlock has no mounts of its own; its rules forbid it")
    # Of a forked kernel this is the nursery's, so not even its owner may change it.
    code = "import os\nbool(os.statvfs('/proc/self/exe').f_flag & os.ST_RDONLY)"
    assert kernel.value(code) is True


def test_the_submission_is_there_without_links_pipes_and_notebooks(kernel: Kernel) -> None:
    there = kernel.value("import pathlib\nsorted(map(str, pathlib.Path().rglob('*')))")
    assert "data/table.csv" in there
    assert not {"notebook.ipynb", "link.txt", "folder", "pipe"} & set(there)


def test_the_submissions_modules_win_against_nothing(kernel: Kernel) -> None:
    code = """
        import helpers, inside, json, numpy
        [module.__file__ for module in (helpers, inside, json, numpy)]
    """
    work = kernel.value("import os\nos.getcwd()")
    assert not [path for path in kernel.value(code) if path.startswith(work)]


def test_the_environment_is_what_was_asked_for(kernel: Kernel) -> None:
    environment = kernel.value("import os\ndict(os.environ)")
    assert environment["COURSE_SEED"] == "7"
    assert environment["NBGRADER_EXECUTION"] == "autograde"
    assert "JPY_PARENT_PID" not in environment


def test_the_streams_lead_nowhere(kernel: Kernel) -> None:
    code = "import os\n[os.readlink(f'/proc/self/fd/{n}') for n in range(1)]"
    assert kernel.value(code) == ["/dev/null"]
    # What is written to them directly is a message like any other output.
    assert kernel.run("import os; os.system('echo from a shell')") == "from a shell\n"


CALLS = {
    "keyctl": (250, 219),
    "ptrace": (101, 117),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "memfd_create": (319, 279),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_dangerous_call_is_refused(kernel: Kernel, name: str) -> None:
    code = f"""
        import ctypes, errno, platform
        libc = ctypes.CDLL(None, use_errno=True)
        number = {CALLS[name]}[platform.machine() == "aarch64"]
        libc.syscall(number, 0, 0, 0, 0, 0, 0), errno.errorcode.get(ctypes.get_errno())
    """
    assert kernel.value(code) == [-1, "EPERM"]


def test_a_child_cannot_be_left_to_whoever_started_the_kernel(kernel: Kernel) -> None:
    # It would never be waited for, and the sandbox could not end.
    code = """
        import ctypes, errno, platform, signal
        libc = ctypes.CDLL(None, use_errno=True)
        number, parent = (56, 220)[platform.machine() == "aarch64"], 0x8000
        libc.syscall(number, parent | signal.SIGCHLD, 0, 0, 0, 0), ctypes.get_errno() == errno.EPERM
    """
    assert kernel.value(code) == [-1, True]


def test_no_process_of_the_sandbox_has_more_than_its_limits(mode: str, kernel: Kernel) -> None:
    if mode == "landlock":
        pytest.skip("with Landlock, all processes are children of the kernel")
    # The kernel may write to the memory of others of the same user.
    code = """
        import os
        numbers = [n for n in os.listdir("/proc") if n.isdigit()]
        limits = [open(f"/proc/{n}/limits").read().splitlines() for n in numbers]
        sizes = [line.split()[4] for lines in limits for line in lines if "Max file size" in line]
        len(numbers), set(map(int, sizes)) == {25 * 2**20}
    """
    number, as_set = kernel.value(code)
    assert number >= 2
    assert as_set


def test_no_process_of_the_sandbox_holds_a_file_of_the_machine(mode: str, kernel: Kernel) -> None:
    if mode == "landlock":
        pytest.skip("with Landlock, all processes are children of the kernel")
    code = """
        import os
        open_ = {os.readlink(f"/proc/{n}/fd/{d}").split(":")[0]
                 for n in (1, 2) if n != os.getpid() for d in os.listdir(f"/proc/{n}/fd")}
        sorted(open_ - {"/dev/null", "pipe", "socket", "anon_inode"})
    """
    assert kernel.value(code) == []


@pytest.mark.parametrize("family", ["AF_VSOCK", "AF_ALG", "AF_PACKET"])
def test_other_kinds_of_sockets_are_refused(kernel: Kernel, family: str) -> None:
    assert kernel.run(f"import socket; socket.socket(socket.{family})").endswith("OSError")


def test_programs_and_threads_work(kernel: Kernel) -> None:
    code = """
        import subprocess, sys, threading
        thread = threading.Thread(target=int); thread.start(); thread.join()
        subprocess.check_output([sys.executable, "-c", "print(6 * 7)"], text=True)
    """
    assert kernel.value(code) == "42\n"


def test_one_process_runs_out_of_memory_softly(kernel: Kernel) -> None:
    assert kernel.run("text = b'x' * 10**9") == "MemoryError"
    assert kernel.run("print('alive')") == "alive\n"


def test_a_file_has_a_size(kernel: Kernel) -> None:
    code = "with open('file', 'wb') as file: file.truncate(26 * 2**20)"
    assert kernel.run(code) == "OSError"


def test_file_systems_in_memory_have_a_size(mode: str, kernel: Kernel) -> None:
    if mode == "landlock":
        pytest.skip("Landlock has no file systems of its own")
    for folder in ("/tmp", "/scratch", "/dev/shm"):
        code = f"import os; open('{folder}/file', 'wb').write(bytes(22 * 2**20))"
        assert kernel.run(code) == "OSError"
        kernel.run(f"os.remove('{folder}/file')")
    assert kernel.run("open('/dev/file', 'w')") == "OSError"


def test_processes_are_counted(kernel: Kernel) -> None:
    code = """
        import os, time
        children = []
        try:
            while len(children) < 150:
                children.append(os.fork())
                if children[-1] == 0:
                    time.sleep(60)
                    os._exit(0)
        except BlockingIOError:
            print("refused")
    """
    assert kernel.run(code) == "refused\n"
    kernel.run("""
        for child in children:
            os.kill(child, 9)
            _ = os.waitpid(child, 0)
    """)


def test_the_bridge_reaches_the_kernel_and_not_its_children(
    kernel: Kernel, bridge: tuple[socket.socket, socket.socket]
) -> None:
    kernel.run("""
        import os, socket
        end = socket.socket(fileno=int(os.environ["COURSE_BRIDGE_FD"]))
        _ = end.send(b"hello")
    """)
    assert bridge[0].recv(5) == b"hello"
    assert kernel.value("end.get_inheritable()") is False


def test_an_interrupt_reaches_the_kernel_only(kernel: Kernel) -> None:
    kernel.run("import subprocess, time; child = subprocess.Popen(['sleep', '60'])")
    message = kernel.send("print('begun', flush=True); time.sleep(60)")
    while "begun" not in kernel.wait(kernel.client.get_iopub_msg())["content"].get("text", ""):
        pass
    kernel.wait(kernel.manager.interrupt_kernel())
    reply = kernel.wait(kernel.client._recv_reply(message, timeout=SECONDS))
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.value("child.poll()") is None


def test_a_closed_folder_can_be_removed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "closed" / "inner").mkdir(parents=True)
    (folder / "closed").chmod(0)
    remove(folder)
    assert not folder.exists()


def test_no_bind_may_hold_the_course() -> None:
    with pytest.raises(SandboxUnavailable, match="the course must not lie"):
        visible([Path(sys.prefix)])
    with pytest.raises(SandboxUnavailable, match="the course must not lie"):
        visible([Path("/usr/share")])


def test_without_bubblewrap_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "PLACES", str(tmp_path))
    reason = bubblewrap.why_not(visible([]), None)
    assert "apt-get install bubblewrap" in reason


def test_without_a_sandbox_only_by_a_flag_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.WARNING, "traitlets"),
        started("auto", run_student_code_without_sandbox=True) as kernel,
    ):
        assert kernel.value("import os\nos.getuid()") == os.getuid()
    assert "without a sandbox" in caplog.text
