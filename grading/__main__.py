"""The instructor's commands: ``python -m grading``."""

from importlib import import_module

import click

# Where each command is. Only the one that is called is imported: some load for seconds.
COMMANDS = {
    "check": "grading.check",
    "demo": "grading.demo",
    "doctor": "grading.sandbox.doctor",
    "report": "grading.report.command",
    "run": "grading.classrun.command",
    "simulate": "grading.simulation.command",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return getattr(import_module(COMMANDS[cmd_name]), cmd_name)


@click.group(cls=_Commands)
def main() -> None:
    """Grade the course's notebooks."""


if __name__ == "__main__":
    main(prog_name="python -m grading")
