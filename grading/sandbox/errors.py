"""What goes wrong before a sandbox runs."""


class SandboxUnavailable(RuntimeError):
    """This machine cannot run a sandbox; the message says what to install or to allow."""


class SandboxLeaks(SandboxUnavailable):
    """A sandbox runs, and does not hold what is in it."""
