"""The browser of these tests: one that is on the PATH, or Debian's own. Nothing is downloaded past the system.

`make test` calls this as a program beforehand, which installs Chromium where that needs nobody's password.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass

NAMES = ("chromium", "chromium-browser", "google-chrome")
UPDATE = "apt-get update"
INSTALL = "apt-get install -y --no-install-recommends chromium"


@dataclass(frozen=True)
class Machine:
    browser: str | None
    has_apt: bool
    is_root: bool

    @classmethod
    def here(cls) -> "Machine":
        found = filter(None, map(shutil.which, NAMES))
        return cls(next(found, None), shutil.which("apt-get") is not None, os.geteuid() == 0)

    @property
    def may_install(self) -> bool:
        return self.browser is None and self.has_apt and self.is_root

    @property
    def advice(self) -> str:
        lacks = f"The browser tests need Chromium, and none of {', '.join(NAMES)} is on the PATH."
        if not self.has_apt:
            return f"{lacks} Install Chromium or Google Chrome in this system's own way, and run the tests again."
        sudo = "" if self.is_root else "sudo "
        return f"{lacks} Run: {sudo}{UPDATE} && {sudo}{INSTALL}"


def set_up(machine: Machine) -> None:
    """What cannot be installed here stops nothing: the tests that need it fail, and say what to run."""
    if not machine.may_install:
        return
    print("Installing Chromium for the browser tests, once …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (UPDATE, INSTALL):
        subprocess.run([*command.split(), "-qq"], env=environment, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    set_up(Machine.here())
