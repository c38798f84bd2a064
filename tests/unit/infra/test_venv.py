"""infra/venv.sh: a machine that cannot make a virtual environment is told what to install."""

import subprocess
from pathlib import Path

from infra.package import ROOT


def make_venv(python: str | Path, folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [ROOT / "infra" / "venv.sh", python, folder / "venv", "requirements.txt"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.strip()


def python_that(folder: Path, script: str) -> Path:
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def test_no_python_at_all(tmp_path: Path) -> None:
    assert make_venv("no-such-python", tmp_path) == (
        1,
        "Careloom needs Python 3.11 or later: sudo apt-get install python3 python3-venv",
    )


def test_an_old_python(tmp_path: Path) -> None:
    old = python_that(tmp_path, 'test "$1" = -V && echo Python 3.9.2')
    assert make_venv(old, tmp_path) == (
        1,
        f"Careloom needs Python 3.11 or later; {old} is Python 3.9.2. "
        "Name another: make PYTHON=python3.12",
    )


def test_a_python_without_venv_virtualenv_and_pip(tmp_path: Path) -> None:
    bare = python_that(tmp_path, 'case "$2" in "import sys"*) exit 0 ;; *) exit 1 ;; esac')
    code, said = make_venv(bare, tmp_path)
    assert (code, said) == (
        1,
        "Python cannot make virtual environments here: sudo apt-get install python3-venv",
    )
    assert not (tmp_path / "venv").exists()
