"""The instructor's commands: ``python -m grading``."""

import click

from grading.demo import demo


@click.group()
def main() -> None:
    """Grade the course's notebooks."""


main.add_command(demo)

if __name__ == "__main__":
    main(prog_name="python -m grading")
