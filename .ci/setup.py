"""Make ``.venv`` and install a hash-locked set of requirements into it.

    python3 .ci/setup.py requirements.txt          what the demo needs
    python3 .ci/setup.py requirements-dev.txt      that, and all that the tests and linters need

Only the standard library, and any Python 3.11 or later. uv does the work where it is on the PATH or can be had from the
package index, pip where not; both read the same locked file and refuse anything whose hash is not in it. A second run
with nothing changed returns at once.
"""

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
UV_LOCK = ROOT / "requirements-setup.txt"
# Everything in a line's lock is in the locks that follow it, at the same version.
SUPERSETS = {
    "requirements.txt": ["requirements.txt", "requirements-production.txt", "requirements-dev.txt"],
    "requirements-production.txt": ["requirements-production.txt", "requirements-dev.txt"],
    "requirements-dev.txt": ["requirements-dev.txt"],
}


def fingerprint(lock):
    """Names exactly what an installation of ``lock`` with this Python would be."""
    return hashlib.sha256((sys.version + str(ROOT)).encode() + (ROOT / lock).read_bytes()).hexdigest()


def stamp(lock):
    return VENV / f".installed-{Path(lock).stem}"


def is_installed(lock):
    return any(
        stamp(candidate).exists() and stamp(candidate).read_text() == fingerprint(candidate)
        for candidate in SUPERSETS[lock]
    )


def answers(*command):
    """Whether a command can be run and exits with 0."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def make_environment():
    """A bare environment of this very Python; one left by another Python, or a broken one, is replaced."""
    version = f"import sys; sys.exit(sys.version != {sys.version!r})"
    if answers(PYTHON, "-c", version):
        return
    # Without pip: ensurepip is most of the seconds that venv takes, and uv does not need it.
    venv.create(VENV, clear=True, symlinks=sys.platform != "win32", with_pip=False)


def find_uv():
    """The path of a uv that runs: the machine's, or one put into the environment; None if neither can be had."""
    found = shutil.which("uv")
    if found and answers(found, "--version"):
        return found
    own = PYTHON.with_name("uv")
    if not answers(own, "--version") and have_pip():
        # If it cannot be had, pip does the work, and nobody needs to read why.
        answers(PYTHON, "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "-r", UV_LOCK)
    return str(own) if answers(own, "--version") else None


def have_pip():
    return answers(PYTHON, "-m", "pip", "--version") or answers(PYTHON, "-m", "ensurepip", "--default-pip")


def pip(*arguments):
    return subprocess.call([PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments], cwd=ROOT)


def install(lock):
    """Whether the whole lock is installed afterwards."""
    uv = find_uv()
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock]
        if subprocess.call(command, cwd=ROOT) == 0:
            return True
        # uv does not read pip's own configuration, so a machine behind a mirror may still have a way that pip knows.
        print("uv could not install the requirements; trying pip.", file=sys.stderr)
    # Byte-compiling everything takes pip longer than Python needs to compile what is really imported.
    return have_pip() and pip("install", "--quiet", "--no-compile", "--require-hashes", "-r", lock) == 0


def main(lock):
    if sys.version_info < (3, 11):  # noqa: UP036  (it is an older one that must be told)
        sys.exit(f"Sportello needs Python 3.11 or later; this is {sys.version}. Try: make PYTHON=python3.12 …")
    if is_installed(lock) and answers(PYTHON, "-c", "import django"):
        return
    print(f"Installing {lock} into .venv …", flush=True)
    make_environment()
    if not install(lock):
        sys.exit(
            "The requirements could not be installed: see the lines above. If they name ensurepip or venv, install "
            "your system's venv package (python3-venv on Debian and Ubuntu) and try again."
        )
    stamp(lock).write_text(fingerprint(lock))


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in SUPERSETS:
        sys.exit(__doc__)
    main(sys.argv[1])
