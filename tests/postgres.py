"""A PostgreSQL server of our own, for the tests that need a real one.

It lives in a temporary folder and listens on a socket there, so it needs no port and meets no
other server of the machine. The folder is closed to other users: who can enter it needs no
password.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

INSTALL = "PostgreSQL's server is missing; to install it: apt-get install postgresql"
SECONDS = 60

# What a crash would lose does not matter here, and waiting for the disk is most of the time.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "40",
}


@dataclass(frozen=True)
class Postgres:
    """A running server. `folder` holds its socket and its data, `pid` is its process."""

    folder: Path
    pid: int

    def url(self, database: str) -> str:
        """Return a database's address, as SQLAlchemy and nbgrader take it."""
        return f"postgresql+psycopg://grader@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Make an empty database; return its address."""
        name = f"course_{uuid.uuid4().hex}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def connect(self) -> psycopg.Connection:
        """Connect to the database that every server has."""
        return psycopg.connect(
            host=str(self.folder), user="grader", dbname="postgres", autocommit=True
        )


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Start a server; stop it and remove its files afterwards, whatever happens."""
    initdb, user = _initdb(), _user()
    # Both programs come from one installation; initdb asks for that as well.
    postgres = initdb.with_name("postgres")
    # Not below TMPDIR: the path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    try:
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        options = ["--username=grader", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        _run([str(initdb), f"--pgdata={data}", "--no-sync", *options], user)
        with _started([str(postgres), "-D", str(data), "-k", str(folder)], user, folder) as pid:
            yield Postgres(folder, pid)
    finally:
        shutil.rmtree(folder)


def _initdb() -> Path:
    """Find the program that makes a server's data; Debian keeps it out of the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda at: float(at.parent.name))
    places = os.pathsep.join([os.environ.get("PATH", ""), *map(str, reversed(debian))])
    if found := shutil.which("initdb", path=places):
        return Path(found).resolve()
    if "CI" in os.environ:
        pytest.fail(INSTALL)
    pytest.skip(INSTALL)


def _user() -> str | None:
    """Return whom to run the server as: it refuses root."""
    if os.geteuid():
        return None
    there = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in there else "nobody"


def _run(command: list[str], user: str | None) -> None:
    done = subprocess.run(
        command, **_demoted(user), cwd="/", capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")


def _demoted(user: str | None) -> dict[str, object]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


@contextmanager
def _started(command: list[str], user: str | None, folder: Path) -> Iterator[int]:
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    # The server ends with the tests, even when they are killed.
    tied = ["setpriv", "--pdeathsig=INT", "--", *command, *settings]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(tied, **_demoted(user), cwd="/", stdout=log, stderr=log)
    try:
        _wait(server, folder)
        yield server.pid
    finally:
        server.send_signal(signal.SIGINT)  # It ends open connections and stops.
        try:
            server.wait(SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until a server takes connections."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            Postgres(folder, server.pid).connect().close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > end:
                log = (folder / "log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start: {error}\n{log}") from error
            time.sleep(0.05)
