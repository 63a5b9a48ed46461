"""Make the virtual environment and put into it what the lock files say. Standard library only.

``python3 scripts/setup.py run`` installs what the site needs, ``… test`` what its tests need as well. A step whose
lock file has not changed since it last succeeded is passed over, so that a second start installs nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "wardmote-setup.json"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
LOCKS = {"run": "run.txt", "test": "test.txt"}


def say(text: str) -> None:
    print(f"wardmote: {text}", flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True, env=env)


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 over the files' names and bytes."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def once(step: str, inputs: Iterable[Path], do: Callable[[], None]) -> None:
    """Do a step unless it was done with exactly these input files."""
    stamps = json.loads(STAMPS.read_text()) if STAMPS.exists() else {}
    now = digest(inputs)
    if stamps.get(step) == now:
        return
    do()
    stamps[step] = now
    STAMPS.write_text(json.dumps(stamps, indent=2))


def make_venv() -> None:
    if PYTHON.exists():
        return
    say("making the virtual environment .venv")
    # Without pip: Debian's Python has no ensurepip unless python3-venv is installed, but its pip can serve another.
    run(sys.executable, "-m", "venv", "--without-pip", VENV)


def pip(*arguments: str | Path) -> None:
    # Twice quiet: errors only, since a machine's own pip settings can bring a warning per package.
    quiet = ("--quiet", "--quiet", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "--python", PYTHON, "install", *quiet, *arguments)


def install_python(lock: str) -> None:
    say(f"installing Python packages from requirements/{lock} (a few minutes the first time)")
    pip("--require-hashes", "-r", ROOT / "requirements" / lock)
    pip("--no-deps", "--no-build-isolation", "--editable", ROOT)


def system_node() -> str | None:
    """The machine's own npm, if its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().lstrip("v").split(".")[0]
    return npm if major.isdigit() and int(major) >= OLDEST_NODE else None


def npm_command() -> tuple[str, dict[str, str]]:
    """npm and the environment to run it in: the machine's, or the one that comes as a Python package."""
    if npm := system_node():
        return npm, dict(os.environ)
    if not (VENV / "bin" / "npm").exists():
        say("no Node of version 20 or later here: installing one from Python's package index")
        pip("--require-hashes", "-r", ROOT / "requirements" / "node.txt")
    return str(VENV / "bin" / "npm"), os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def install_front_end() -> None:
    say("installing front-end packages from package-lock.json")
    npm, env = npm_command()
    run(npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", env=env)


def build_styles() -> None:
    say("compiling styles")
    npm, env = npm_command()
    run(npm, "run", "--silent", "build", env=env)


def main(purpose: str) -> None:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"wardmote: needs Python {'.'.join(map(str, OLDEST_PYTHON))} or later, this is {sys.version.split()[0]}"
        )
    make_venv()
    lock = LOCKS[purpose]
    # What the tests need includes what the site needs: after ``test``, ``run`` finds its own lock's packages there.
    once(f"python-{purpose}", [ROOT / "requirements" / lock, ROOT / "pyproject.toml"], lambda: install_python(lock))
    front_end = [ROOT / "package.json", ROOT / "package-lock.json"]
    once("front-end", front_end, install_front_end)
    styles = [*front_end, *(ROOT / "site" / "wardmote" / "scss").glob("**/*.scss")]
    once("styles", styles, build_styles)


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["test"]):
        sys.exit("usage: setup.py run|test")
    try:
        main(sys.argv[1])
    except subprocess.CalledProcessError as error:
        sys.exit(f"wardmote: this step failed (exit {error.returncode}): {' '.join(map(str, error.cmd))}")
