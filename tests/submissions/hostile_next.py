"""What a submission leaves for the next student's kernel, or for the grader, to read at its start.

All of it is without effect: it is a comment, or is deleted at once. The proof runs it without a
sandbox, beside the other submissions.
"""

from tests.submissions.cases import NONE, Work, hostile
from tests.submissions.forging import blank_with

LEAVE = """
        import os, sys
        from pathlib import Path

        def leave(path, text):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            except OSError:
                pass
"""


def _root(work: Work) -> str:
    return str(work.folder.resolve().parents[2])


@hostile("a start-up file for every kernel to come", points=NONE, keeps=("ipython",))
def startup_file(work: Work) -> None:
    # The folder that is really used, and the one that a friend of the attacker has told of.
    attack = f"""{LEAVE}
        text = "# left by a submission"
        folders = [Path(get_ipython().ipython_dir), Path({_root(work)!r}).parent / "ipython"]
        for folder in folders:
            leave(folder / "profile_default" / "startup" / "99-left.py", text)
    """
    blank_with(work, attack)


@hostile("settings of IPython and Jupyter for all to come", points=NONE, keeps=("ipython", "home"))
def settings_files(work: Work) -> None:
    attack = f"""{LEAVE}
        text = "# left by a submission"
        around = Path({_root(work)!r}).parent
        leave(Path(get_ipython().profile_dir.location) / "ipython_kernel_config.py", text)
        for home in (Path.home(), around / "home"):
            leave(home / ".jupyter" / "nbgrader_config.py", text)
            leave(home / ".local/share/jupyter/kernels/left/kernel.json", "{{}}")
            leave(home / ".left_bashrc", text)
    """
    blank_with(work, attack)


@hostile(
    "a module beside the course's settings, which the grader could import",
    points=NONE,
    keeps=("settings",),
)
def module_in_course(work: Work) -> None:
    attack = f"""{LEAVE}
        leave(Path({_root(work)!r}) / "left_module.py", "# left by a submission")
    """
    blank_with(work, attack)


@hostile("a file that Python runs at every start, among the installed packages", points=NONE)
def start_of_python(work: Work) -> None:
    attack = f"""{LEAVE}
        import site
        folders = {{path for path in sys.path if path.endswith("-packages")}}
        for folder in map(Path, folders | {{site.getusersitepackages()}}):
            for name in (f"left-{{os.getpid()}}.pth", f"left_{{os.getpid()}}.py"):
                try:
                    (folder / name).write_text("# left by a submission")
                    (folder / name).unlink()
                    print("LEAK" + ":", "could write into the installed packages")
                except OSError:
                    pass
    """
    blank_with(work, attack)


@hostile("the course's checks and the libraries are written to", points=NONE)
def written_packages(work: Work) -> None:
    # Opened for writing, and not written: that tells enough.
    attack = """
        import helpers.checks
        for module in (helpers.checks, np):
            try:
                open(module.__file__, "r+").close()
                print("LEAK" + ":", "could write", module.__name__)
            except OSError:
                pass
    """
    blank_with(work, attack)


@hostile(
    "at its end, the kernel's process does something for the next", points=NONE, keeps=("around",)
)
def at_exit(work: Work) -> None:
    attack = f"""{LEAVE}
        import atexit
        leave_it = lambda: leave(Path({_root(work)!r}).parent / "left-at-exit.txt", "left")
        atexit.register(leave_it)
        get_ipython().atexit_operations = leave_it
    """
    blank_with(work, attack)


@hostile("a package with the name of the course's, in the working folder", points=NONE)
def module_in_folder(work: Work) -> None:
    attack = f"""{LEAVE}
        for name in ("helpers/checks.py", "sitecustomize.py"):
            leave(Path(name), "check_close = check_equal = check_defined = lambda *_, **__: None")
        sys.modules.pop("helpers.checks", None)
        sys.modules.pop("helpers", None)
        sys.path.insert(0, "")
        leave(Path("helpers/__init__.py"), "")
    """
    blank_with(work, attack, after="title")
