"""Files under other names, links, and what lies beside the notebook."""

import os
import shutil

from tests.submissions.cases import FULL, NONE, Work, tampered
from tests.submissions.fixture import NAME

RIGHT = f"{NAME}.ipynb"


@tampered("the notebook has another name", points=FULL)
def renamed(work: Work) -> None:
    work.save("homework final.ipynb")


@tampered("the browser added a number to the name", points=FULL)
def numbered(work: Work) -> None:
    work.save(f"{NAME} (1).ipynb")


@tampered("the browser added .txt to the name", points=FULL)
def as_text_file(work: Work) -> None:
    work.save(f"{RIGHT}.txt")


@tampered("beside the notebook lies a blank copy", points=FULL)
def with_copy(work: Work) -> None:
    work.save()
    work.notebook = work.blank
    work.save(f"{NAME}-Copy1.ipynb")
    work.save(f".ipynb_checkpoints/{NAME}-checkpoint.ipynb")


@tampered("two notebooks, none with the right name", refused="2 notebooks")
def two_notebooks(work: Work) -> None:
    work.save("first.ipynb")
    work.save("second.ipynb")


@tampered("an empty folder", refused="no notebook")
def empty_folder(work: Work) -> None:
    assert not any(work.folder.iterdir())


@tampered("a script in the place of the notebook", refused="no notebook")
def script_only(work: Work) -> None:
    work.write("homework.py", b"print('done')")


@tampered("an archive in the place of the notebook", refused="archive")
def archive_only(work: Work) -> None:
    work.write("homework.zip", b"PK\x03\x04")


@tampered("the notebook lies in a folder of the folder", refused="move it up")
def folder_in_folder(work: Work) -> None:
    work.save(f"{NAME}/{RIGHT}")


@tampered("the notebook is a link to another student's", refused="a link")
def linked_notebook(work: Work) -> None:
    others = work.folder.parent.parent / "honest-solved" / NAME / RIGHT
    (work.folder / RIGHT).symlink_to(others)


@tampered("the folder is a link to another student's", refused="a link")
def linked_folder(work: Work) -> None:
    work.folder.rmdir()
    work.folder.symlink_to(work.folder.parent.parent / "honest-solved" / NAME)


@tampered("the notebook is a pipe, at which a reader waits for ever", refused="a special file")
def pipe_as_notebook(work: Work) -> None:
    os.mkfifo(work.folder / RIGHT)


@tampered("the notebook is a folder", refused="no notebook")
def folder_as_notebook(work: Work) -> None:
    work.write(f"{RIGHT}/notes.txt", b"")


@tampered("links to secrets, pipes and hidden files beside the notebook", points=FULL)
def links_beside(work: Work) -> None:
    work.save()
    course = work.folder.parent.parent.parent
    (work.folder / "gradebook.txt").symlink_to(course / "gradebook.db")
    (work.folder / "diary.txt").symlink_to(course.parent / "home" / "diary.txt")
    (work.folder / "around").symlink_to(course.parent)
    os.mkfifo(work.folder / "data.csv")
    work.write(".bashrc", b"exit")


@tampered("packages named like NumPy and the course's, which give every check a pass", points=NONE)
def shadowing_modules(work: Work) -> None:
    work.notebook = work.blank
    work.save()
    lenient = b"check_close = check_equal = check_defined = lambda *_, **__: None"
    work.write("helpers/__init__.py", b"")
    work.write("helpers/checks.py", lenient)
    work.write("numpy/__init__.py", b"array = lambda x: x")
    work.write("sitecustomize.py", b"raise SystemExit")


@tampered("data of the student's own, in a folder of its own, that an answer reads", points=FULL)
def own_data(work: Work) -> None:
    work.write("my data/größe.txt", b"1")
    answer = work.find("ex1-rescale")
    read = "    scale = float(open('my data/größe.txt').read())\n    return scale * (x"
    answer.source = answer.source.replace("    return (x", read)
    work.save()


@tampered("names with line breaks, without UTF-8, and 300 files", points=FULL)
def odd_names(work: Work) -> None:
    work.save()
    work.write("two\nlines.txt", b"")
    with open(os.fsencode(work.folder) + b"/\xff\xfe.txt", "wb"):
        pass
    for number in range(300):
        work.write(f"many/{number}.txt", b"")


@tampered("the time of handing in is a text that nbgrader cannot read", points=FULL)
def odd_time(work: Work) -> None:
    work.save()
    work.write("timestamp.txt", b"yesterday evening")


@tampered("the time of handing in is a link", points=FULL)
def linked_time(work: Work) -> None:
    work.save()
    secret = work.folder.parent.parent.parent.parent / "home" / "diary.txt"
    (work.folder / "timestamp.txt").symlink_to(secret)


@tampered("a file in the place of the folder", points=FULL)
def file_as_folder(work: Work) -> None:
    path = work.save()
    content = path.read_bytes()
    shutil.rmtree(work.folder)
    work.folder.write_bytes(content)
