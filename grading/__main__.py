"""The instructor's commands: ``python -m grading``."""

import click

from grading.check import check
from grading.demo import demo
from grading.sandbox.doctor import doctor


@click.group()
def main() -> None:
    """Grade the course's notebooks."""


main.add_command(check)
main.add_command(demo)
main.add_command(doctor)

if __name__ == "__main__":
    main(prog_name="python -m grading")
