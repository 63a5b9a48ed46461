"""Readers in load client processes of their own, for sizes at which one process would measure itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.rooms.house import ROOT
from benchmarks.rooms.load import Reader, connect_readers


class Crowd:
    """One load client process; asked by lines of JSON, as the clerk is. Its clock is the machine's monotonic one."""

    def __init__(self) -> None:
        env = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "site")))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.rooms.crowd"],
            env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, what: str, **arguments: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a crowd ended while asked: {what}")
        return json.loads(line)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def crowds(count: int) -> Iterator[list[Crowd]]:
    found = [Crowd() for _ in range(count)]
    try:
        yield found
    finally:
        for each in found:
            each.stop()


class _Readers:
    """Inside the process: its readers, and when each question reached each of them."""

    def __init__(self) -> None:
        self.readers: list[Reader] = []
        self.moments: dict[int, list[float]] = {}

    def arrived(self, question: int, now: float) -> None:
        self.moments.setdefault(question, []).append(now)

    async def do(self, what: str, **arguments: Any) -> Any:
        match what:
            case "connect":
                self.readers += await connect_readers(arrived=self.arrived, **arguments)
                return len(self.readers)
            case "count":
                return {
                    "deliveries": sum(map(len, self.moments.values())),
                    "lost": sum(r.is_lost for r in self.readers),
                }
            case "report":
                moments, self.moments = self.moments, {}
                return moments
        raise ValueError(what)


async def _serve() -> None:
    crowd = _Readers()
    while line := await asyncio.to_thread(sys.stdin.readline):
        request = json.loads(line)
        print(json.dumps(await crowd.do(request.pop("do"), **request)), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve())
