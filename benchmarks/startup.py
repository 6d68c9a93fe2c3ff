"""What the installed package adds to every `flask` command.

Makes two virtual environments in a temporary folder, one with Flask alone and one with
this package beside it, and runs `flask --help` and `flask routes` in turn in both.

    python benchmarks/startup.py [RUNS]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPLICATION = "from flask import Flask\n\napp = Flask(__name__)\n"
LIMIT_MS = 5.0


def make_environment(folder: Path, *requirements: str) -> Path:
    """Make a virtual environment; give its `flask` executable."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
    subprocess.run([*pip, *requirements], check=True)
    return folder / "bin" / "flask"


def run_once(flask: Path, command: list[str], folder: Path) -> float:
    """Run a command once; give its wall time in milliseconds."""
    environment = {**os.environ, "FLASK_APP": "plain_app.py"}
    started = time.perf_counter()
    subprocess.run(
        [str(flask), *command],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return (time.perf_counter() - started) * 1000


def compare(without: Path, with_package: Path, command: list[str], runs: int) -> str:
    """Time a command in both environments in turn; give a row of the table."""
    folder = without.parent.parent.parent
    pairs = []
    for number in range(runs + 2):
        pair = [run_once(flask, command, folder) for flask in (without, with_package)]
        if number >= 2:
            pairs.append(pair)
    plain = statistics.median(pair[0] for pair in pairs)
    added = statistics.median(pair[1] - pair[0] for pair in pairs)
    verdict = "within" if added <= LIMIT_MS else "over"
    name = "flask " + " ".join(command)
    return f"{name:<14}{plain:>9.1f}{added:>+10.2f}   {verdict} {LIMIT_MS:.0f} ms"


def main() -> None:
    """Print a table: the command, its plain time, and what the package adds."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plain_app.py").write_text(APPLICATION)
        without = make_environment(folder / "plain", "flask")
        with_package = make_environment(folder / "with", "flask", str(ROOT))
        print(
            f"{'command':<14}{'plain ms':>9}{'added ms':>10}   median of {runs} pairs"
        )
        for command in (["--help"], ["routes"]):
            print(compare(without, with_package, command, runs))


if __name__ == "__main__":
    main()
