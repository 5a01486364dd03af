#!/usr/bin/env python3
"""Set Waystation up in this folder and run it. Needs Python 3.11 or newer and nothing else.

  python3 go.py demo [ARGS...]   start the demonstration, ready to click through
  python3 go.py test [ARGS...]   run the tests; ARGS go to pytest
  python3 go.py spark [ARGS...]  compare the engines: the tests that need Spark, in an environment of their own (and Java)
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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
REQUIREMENTS = ROOT / "requirements"
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
    "spark": ("spark",),
}


@dataclass(frozen=True)
class Environment:
    """A folder of installed packages."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def command(self) -> Path:
        """The ``waystation`` command in it."""
        return self.folder / "bin" / "waystation"

    @property
    def stamp(self) -> Path:
        """Where it is written down what it holds."""
        return self.folder / "installed.txt"


OURS = Environment(ROOT / ".venv")
SPARKS = Environment(ROOT / ".venv-spark")  # Spark needs an older pandas than everything else


def place_of(lock: str) -> Environment:
    """Where a lock is installed."""
    return SPARKS if lock == "spark" else OURS


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


def installed(place: Environment) -> str | None:
    """The digest of the lock an environment was made from: empty if unfinished, None if there is none of this home."""
    try:
        made_by, made_from = place.stamp.read_text(encoding="utf-8").split("\n")[:2]
    except (OSError, ValueError):
        return None
    return made_from if place.python.exists() and made_by == home() else None


def stamp(place: Environment, made_from: str) -> None:
    """Write down what an environment holds, for ``installed``."""
    place.stamp.write_text(f"{home()}\n{made_from}\n", encoding="utf-8")


def serves(lock: str) -> bool:
    """True when the environment on disk already holds all of ``lock``."""
    return installed(place_of(lock)) in {digest(name) for name in SERVED_BY[lock]}


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


def variables(place: Environment) -> dict[str, str]:
    """The variables that installers run with: this Python and no other, and no environment but this one."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    return kept | {
        "UV_PYTHON_DOWNLOADS": "never",
        "VIRTUAL_ENV": str(place.folder),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def worked(place: Environment, *command: str | Path, quiet: bool = False) -> bool:
    """Run a command and say whether it ended well. A quiet one is heard only if it did not."""
    heard = subprocess.PIPE if quiet else None
    shown = subprocess.STDOUT if quiet else None
    line = [str(part) for part in command]
    ended = subprocess.run(line, env=variables(place), stdout=heard or sys.stderr, stderr=shown, check=False)
    if quiet and ended.returncode:
        say(ended.stdout.decode(errors="replace").strip())
    return ended.returncode == 0


def prepare(lock: str) -> None:
    """Make an environment hold exactly what ``lock`` says, each file checked against its hash, and Waystation itself."""
    place = place_of(lock)
    if serves(lock):
        return
    with alone():
        if serves(lock):
            return
        if installed(place) is None:
            say(f"Making {place.folder.name}")
            if not worked(place, sys.executable, "-m", "venv", "--clear", place.folder, quiet=True):
                raise NotPossible(
                    f"Could not make {place.folder}. Is the folder writable and is there room on the disk?"
                )
        stamp(place, "")
        install(place, lock)
        link(place)
        stamp(place, digest(lock))


def install(place: Environment, lock: str) -> None:
    """Install a lock with uv, or with pip where uv cannot be had or does not succeed."""
    say(f"Installing the packages of requirements/{lock}.txt (once; a minute or so)")
    wanted = REQUIREMENTS / f"{lock}.txt"
    pip = (place.python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r")
    if worked(place, *pip, REQUIREMENTS / "installer.txt"):
        if worked(place, place.python, "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", wanted):
            return
        say("uv did not succeed; trying pip, which is slower")
    else:
        say("uv is not to be had here; installing with pip, which is slower")
    if not worked(place, *pip, wanted):
        raise NotPossible(
            "The packages could not be installed; what went wrong is above. Most often the network or the package "
            "index cannot be reached: check them, then run the same command again."
        )


def link(place: Environment) -> None:
    """Put src/ on the environment's path and write the ``waystation`` command, as an editable install would."""
    libraries = place.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (libraries / "waystation.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    place.command.write_text(LAUNCHER.format(python=place.python), encoding="utf-8")
    place.command.chmod(0o755)


def compile_locks(args: list[str]) -> int:
    """Compile every lock: hashes for all platforms, no address of the index that served them. Returns an exit code."""
    how = ["--universal", "--generate-hashes", "--no-emit-index-url", "--python-version", "3.11", "--quiet"]
    for lock, (sources, kept) in LOCKS.items():
        files = [f"requirements/{name}.in" for name in sources]
        bounds = ["--constraint", f"requirements/{kept}.txt"] if kept else []
        told = ["--custom-compile-command", "python3 go.py lock", "--output-file", f"requirements/{lock}.txt"]
        if not worked(OURS, OURS.python, "-m", "uv", "pip", "compile", *how, *bounds, *told, *args, *files, quiet=True):
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
    if verb not in ("demo", "test", "spark", "run", "lock"):
        say(f"go.py does not know {verb!r}. It knows demo, test, spark, run and lock; see: python3 go.py --help")
        return 2
    try:
        check_python()
        prepare({"test": "dev", "spark": "spark", "lock": "installer"}.get(verb, "base"))
    except NotPossible as problem:
        say(str(problem))
        return 1
    if verb == "lock":
        os.chdir(ROOT)
        return compile_locks(rest)
    if verb in ("test", "spark"):
        place, those = (SPARKS, ["tests/spark"]) if verb == "spark" else (OURS, [])
        os.chdir(ROOT)
        os.environ["WAYSTATION_HOME"] = str(place.folder / "test-home")  # never the data folder of who runs the tests
        become(place.python, "-m", "pytest", *those, *rest)
    become(OURS.python, OURS.command, *(["demo"] if verb == "demo" else []), *rest)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)
