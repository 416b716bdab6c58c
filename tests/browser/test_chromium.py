"""Which browser is driven, what is done without one, and what the person is told."""

from pathlib import Path

import pytest

from tests.browser.chromium import NAMES, Machine, set_up

DEBIAN_ROOT = Machine(browser=None, has_apt=True, is_root=True)
DEBIAN_USER = Machine(browser=None, has_apt=True, is_root=False)
ELSEWHERE = Machine(browser=None, has_apt=False, is_root=True)
# Puts a browser beside itself when it is asked to install one.
APT = """#!/bin/sh
echo "$*" >> "$0.log"
if [ "$1" = install ]; then /bin/cp "$0" "${0%/*}/chromium"; fi
"""
FURNISHED = Machine(browser="/usr/bin/chromium", has_apt=True, is_root=True)


@pytest.mark.parametrize(
    ("machine", "installs"), [(DEBIAN_ROOT, True), (DEBIAN_USER, False), (ELSEWHERE, False), (FURNISHED, False)]
)
def test_chromium_is_installed_only_where_it_lacks_and_nobody_need_be_asked(machine: Machine, installs: bool) -> None:
    assert machine.may_install is installs


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (DEBIAN_ROOT, "Run: apt-get update && apt-get install -y --no-install-recommends chromium"),
        (DEBIAN_USER, "Run: sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium"),
        (ELSEWHERE, "Install Chromium or Google Chrome in this system's own way, and run the tests again."),
    ],
)
def test_whoever_lacks_it_is_told_what_to_run(machine: Machine, words: str) -> None:
    assert machine.advice.endswith(words)


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_on_the_path_is_taken(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / name
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Machine.here().browser == str(program)


def test_on_debian_root_has_a_browser_after_the_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text(APT)
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    set_up(DEBIAN_ROOT)
    assert Machine.here().browser == str(tmp_path / "chromium")
    set_up(FURNISHED)
    assert (tmp_path / "apt-get.log").read_text() == ("update -qq\ninstall -y --no-install-recommends chromium -qq\n")
