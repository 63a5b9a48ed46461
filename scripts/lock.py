"""Resolve the lock files of both registries anew, with hashes and without any registry's address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {
    "run.txt": ["pyproject.toml", "--group", "build"],
    "scale.txt": ["pyproject.toml", "--extra", "scale", "--group", "build", "--constraint", "requirements/run.txt"],
    "welsh.txt": ["pyproject.toml", "--extra", "welsh", "--group", "build", "--constraint", "requirements/run.txt"],
    # Without the welsh extra, whose tests then say that they were passed over: it is 91 MB.
    "test.txt": ["pyproject.toml", "--extra", "scale", "--group", "dev", "--constraint", "requirements/run.txt"],
    "node.txt": ["--group", "node"],
}


def main() -> None:
    for name, what in LOCKS.items():
        command = [
            sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
            "--generate-hashes", "--no-emit-index-url", "--no-header", "--upgrade",
            "--output-file", f"requirements/{name}", *what,
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT, check=True)
    subprocess.run(["npm", "update", "--package-lock-only"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
