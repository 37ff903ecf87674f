"""What goes wrong before a sandbox runs."""


class SandboxUnavailable(RuntimeError):
    """This machine cannot run a sandbox; the message says what to install or to allow."""
