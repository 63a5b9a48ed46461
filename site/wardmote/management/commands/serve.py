"""``wardmote serve``: the site, and beside it, if asked, a worker and the recurring work."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext

from wardmote.home.services import lay_out_site

TICK_SECONDS = 60
"""How often the recurring work is done when ``serve`` runs it."""

CHILD_GRACE_SECONDS = 10
"""How long a worker may take to finish the task it is doing."""

LEAVE_SECONDS = 5.0
"""How long pages that are being made when the server stops may still take."""

CHILD_NICENESS = 10
"""Residents come first: a worker takes what the site leaves of the processor (nice(2), 0 to 19)."""

MAX_MESSAGE_BYTES = 65_536
"""Largest socket frame the server reads. The room refuses over 8 KiB with a reason; this is the wall behind."""

MAX_SNAPSHOT_BYTES = 16 * 1024 * 1024
"""Largest socket message with Daphne, which has one limit for both ways and sends nothing longer: ten thousand questions
are six million bytes on a moderator's desk."""

HANDSHAKE_SECONDS = 30
"""How long a socket may wait to be let in. Daphne cuts off after 5 otherwise, in the very moment everybody comes back."""


def static_files_digest() -> str:
    """SHA-256 over the name, size and time of every static file: cheap, and changes when one of them does."""
    total = hashlib.sha256()
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            total.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return total.hexdigest()


def collect_static_files() -> None:
    """Copy, hash and compress static files, unless they are as they were last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    now = static_files_digest()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def migrate() -> None:
    """Bring the database up to date, saying nothing where nothing is to be done."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


@contextlib.contextmanager
def beside(*commands: list[str]) -> Iterator[None]:
    """Run ``wardmote`` commands as children, ended with this process and waited for."""
    children = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "wardmote", *words],
            preexec_fn=lambda: os.nice(CHILD_NICENESS),
        )
        for words in commands
    ]
    try:
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(CHILD_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()


def leave_within(seconds: float) -> None:
    """End this process in ``seconds`` at the latest, whatever its threads wait for.

    A page that is being made when the server stops waits for an event loop that turns no more, and Python would wait
    for the page's thread for ever.
    """
    last_resort = threading.Timer(seconds, os._exit, [0])
    last_resort.daemon = True
    last_resort.start()


def serve_with_daphne(host: str, port: str) -> None:
    from daphne.cli import CommandLineInterface  # installs the reactor when imported: only where it serves

    limits = ["--websocket-max-frame-size", str(MAX_MESSAGE_BYTES)]
    limits += ["--websocket-max-message-size", str(MAX_SNAPSHOT_BYTES), "--application-close-timeout", "5"]
    limits += ["--websocket_connect_timeout", str(HANDSHAKE_SECONDS)]
    CommandLineInterface().run(
        ["--bind", host, "--port", port, "--no-server-name", "--verbosity", "0", *limits, "wardmote.asgi:application"]
    )


def serve_with_uvicorn(host: str, port: str) -> None:
    import uvicorn  # comes with the ``scale`` extra only

    uvicorn.run(
        "wardmote.asgi:application",
        host=host,
        port=int(port),
        ws_max_size=MAX_MESSAGE_BYTES,
        log_level="warning",
        server_header=False,
    )


SERVERS = {"daphne": serve_with_daphne, "uvicorn": serve_with_uvicorn}


class Command(BaseCommand):
    help = "Serve the site until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT")
        parser.add_argument("--server", choices=sorted(SERVERS), default="daphne")
        parser.add_argument(
            "--prepare", action="store_true", help="First migrate, collect static files and load the demonstration."
        )
        parser.add_argument(
            "--with-worker", action="store_true", help="Run a worker and the recurring work beside the site."
        )

    def handle(self, *args: Any, bind: str, server: str, prepare: bool, with_worker: bool, **options: Any) -> None:
        host, separator, port = bind.rpartition(":")
        if not separator or not port.isdigit():
            raise CommandError(f"--bind: expected HOST:PORT, for example 127.0.0.1:8000, found {bind!r}")
        if prepare:
            self.prepare(with_worker)
        self.stdout.write(f"Wardmote is at http://{bind}/ - Ctrl-C ends it.")
        self.stdout.flush()
        # Ctrl-C reaches the whole process group; SIGTERM only this process, which then ends its children.
        signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
        children = [["worker"], ["tick", "--every", str(TICK_SECONDS)]] if with_worker else []
        with beside(*children), contextlib.suppress(KeyboardInterrupt):
            SERVERS[server](host.strip("[]"), port)
        leave_within(LEAVE_SECONDS)

    def prepare(self, with_worker: bool) -> None:
        migrate()
        collect_static_files()
        if settings.CONFIG.demonstration:
            call_command("demo", leave_reading=with_worker)
        else:
            lay_out_site(name=gettext("Your council"))
