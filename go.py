#!/usr/bin/env python3
"""Set Waystation up in this folder and run it. Needs Python 3.11 or newer and nothing else.

  python3 go.py demo [ARGS...]   start the demonstration, ready to click through
  python3 go.py test [ARGS...]   run the tests; ARGS go to pytest
  python3 go.py run ARGS...      run any waystation command, e.g. python3 go.py run --help
  python3 go.py lock [ARGS...]   compile requirements/*.in into the locked files; ARGS go to uv, e.g. --upgrade

The first start makes .venv and installs the locked packages into it; later starts find them there.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
COMMAND = VENV / "bin" / "waystation"
STAMP = VENV / "installed.txt"
TEST_HOME = VENV / "test-home"
OLDEST = (3, 11)

# The locked files: which .in files each is compiled from, and the lock whose versions it must keep.
LOCKS: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "installer": (("installer",), None),
    "base": (("base",), None),
    "dev": (("base", "dev"), "base"),
    "spark": (("base", "spark"), None),
}
# An environment made for the first lock also serves these: dev holds every package of base at the same version.
SERVED_BY: Mapping[str, tuple[str, ...]] = {
    "installer": ("installer", "base", "dev"),
    "base": ("base", "dev"),
    "dev": ("dev",),
}

LAUNCHER = """#!{python}
import sys

from waystation.site.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""


class NotPossible(Exception):
    """Set-up cannot go on; the message says why and what to do."""


def say(text: str) -> None:
    """Tell the person what is happening; standard output stays the command's own."""
    print(text, file=sys.stderr, flush=True)


def check_python() -> None:
    """Raise NotPossible unless this Python can make the environment."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise NotPossible(
            f"Waystation needs Python 3.11 or newer; this is {found} at {sys.executable}. "
            "Install a newer one and start go.py with it, for example: python3.12 go.py demo"
        )
    if os.name != "posix":
        raise NotPossible("go.py runs on Linux and macOS. On Windows, run it inside WSL (wsl --install).")
    if importlib.util.find_spec("ensurepip") is None:
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise NotPossible(
            "This Python cannot make environments: its module ensurepip is missing. "
            f"On Debian and Ubuntu install it with: sudo apt install {version}"
        )


def home() -> str:
    """Names this Python and this folder: an environment made by another, or elsewhere, is made anew."""
    return hashlib.sha256("\0".join([sys.version, sys.base_prefix, str(ROOT)]).encode()).hexdigest()


def digest(lock: str) -> str:
    """Names the content of a locked file."""
    return hashlib.sha256((REQUIREMENTS / f"{lock}.txt").read_bytes()).hexdigest()


def installed() -> str | None:
    """The digest of the lock that .venv was made from: empty if unfinished, None if there is no .venv of this home."""
    try:
        made_by, made_from = STAMP.read_text(encoding="utf-8").split("\n")[:2]
    except (OSError, ValueError):
        return None
    return made_from if PYTHON.exists() and made_by == home() else None


def stamp(made_from: str) -> None:
    """Write down what .venv holds, for ``installed``."""
    STAMP.write_text(f"{home()}\n{made_from}\n", encoding="utf-8")


def serves(lock: str) -> bool:
    """True when the environment on disk already holds all of ``lock``."""
    return installed() in {digest(name) for name in SERVED_BY[lock]}


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one start at a time change .venv; the lock goes with the process, so a crash leaves none behind."""
    import fcntl  # not on Windows, which check_python has refused with a sentence

    with open(ROOT / ".venv.lock", "w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is setting .venv up; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def environment() -> dict[str, str]:
    """The variables that installers run with: this Python and no other, and no environment but ours."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    return kept | {"UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def worked(*command: str | Path, quiet: bool = False) -> bool:
    """Run a command and say whether it ended well. A quiet one is heard only if it did not."""
    heard = subprocess.PIPE if quiet else None
    shown = subprocess.STDOUT if quiet else None
    line = [str(part) for part in command]
    ended = subprocess.run(line, env=environment(), stdout=heard or sys.stderr, stderr=shown, check=False)
    if quiet and ended.returncode:
        say(ended.stdout.decode(errors="replace").strip())
    return ended.returncode == 0


def prepare(lock: str) -> None:
    """Make .venv hold exactly what ``lock`` says, each file checked against its hash, and Waystation itself."""
    if serves(lock):
        return
    with alone():
        if serves(lock):
            return
        if installed() is None:
            say(f"Making {VENV.name}")
            if not worked(sys.executable, "-m", "venv", "--clear", VENV, quiet=True):
                raise NotPossible(f"Could not make {VENV}. Is the folder writable and is there room on the disk?")
        stamp("")
        install(lock)
        link()
        stamp(digest(lock))


def install(lock: str) -> None:
    """Install a lock with uv, or with pip where uv cannot be had or does not succeed."""
    say(f"Installing the packages of requirements/{lock}.txt (once; a minute or so)")
    wanted = REQUIREMENTS / f"{lock}.txt"
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r")
    if worked(*pip, REQUIREMENTS / "installer.txt"):
        if worked(PYTHON, "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", wanted):
            return
        say("uv did not succeed; trying pip, which is slower")
    else:
        say("uv is not to be had here; installing with pip, which is slower")
    if not worked(*pip, wanted):
        raise NotPossible(
            "The packages could not be installed; what went wrong is above. Most often the network or the package "
            "index cannot be reached: check them, then run the same command again."
        )


def link() -> None:
    """Put src/ on the environment's path and write the ``waystation`` command, as an editable install would."""
    libraries = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (libraries / "waystation.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    COMMAND.write_text(LAUNCHER.format(python=PYTHON), encoding="utf-8")
    COMMAND.chmod(0o755)


def compile_locks(args: list[str]) -> int:
    """Compile every lock: hashes for all platforms, no address of the index that served them. Returns an exit code."""
    how = ["--universal", "--generate-hashes", "--no-emit-index-url", "--python-version", "3.11", "--quiet"]
    for lock, (sources, kept) in LOCKS.items():
        files = [f"requirements/{name}.in" for name in sources]
        bounds = ["--constraint", f"requirements/{kept}.txt"] if kept else []
        told = ["--custom-compile-command", "python3 go.py lock", "--output-file", f"requirements/{lock}.txt"]
        if not worked(PYTHON, "-m", "uv", "pip", "compile", *how, *bounds, *told, *args, *files, quiet=True):
            return 1
        say(f"requirements/{lock}.txt")
    return 0


def become(*command: str | Path) -> None:
    """Replace this process, so that exit codes, Ctrl-C and other signals are the command's own."""
    os.environ["UV_PYTHON_DOWNLOADS"] = "never"
    os.execv(command[0], [str(part) for part in command])


def main(args: list[str]) -> int:
    """Do what the command line asks. Returns an exit code where it does not become another program."""
    verb, rest = (args[0], args[1:]) if args else ("--help", [])
    if verb in ("-h", "--help", "help"):
        print(__doc__.strip())
        return 0 if args else 2
    if verb not in ("demo", "test", "run", "lock"):
        say(f"go.py does not know {verb!r}. It knows demo, test, run and lock; see: python3 go.py --help")
        return 2
    try:
        check_python()
        prepare({"test": "dev", "lock": "installer"}.get(verb, "base"))
    except NotPossible as problem:
        say(str(problem))
        return 1
    if verb == "lock":
        os.chdir(ROOT)
        return compile_locks(rest)
    if verb == "test":
        os.chdir(ROOT)
        os.environ["WAYSTATION_HOME"] = str(TEST_HOME)  # never the data folder of the person who runs the tests
        become(PYTHON, "-m", "pytest", *rest)
    become(PYTHON, COMMAND, *(["demo"] if verb == "demo" else []), *rest)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)
