"""A virtual environment for each peer, made once."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from harness.variants import Variant

BENCHMARKS = Path(__file__).resolve().parents[1]
ROOT = BENCHMARKS.parent
SHARED = (
    *("blinker", "click", "flask", "gunicorn", "itsdangerous"),
    *("jinja2", "markupsafe", "werkzeug"),
)
"""Every environment has these in the version that runs the benchmarks."""


def python_of(variant: Variant) -> str:
    """Give the interpreter of a variant; its environment is made if it is missing."""
    if not variant.foreign:
        return sys.executable
    folder = BENCHMARKS / ".venvs" / variant.peer
    python = folder / "bin" / "python"
    wanted = _fingerprint(variant)
    stamp = folder / "complete"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Making an environment for {variant.title} ...", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        packages = ["-r", str(_requirements(variant)), *_shared()]
        subprocess.run([*pip, *packages], check=True)
        stamp.write_text(wanted)
    return str(python)


def environment_of(variant: Variant) -> dict[str, str]:
    """Give the environment variables for a process of a variant."""
    paths = [BENCHMARKS, *([ROOT] if variant.ours else [])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}


def _requirements(variant: Variant) -> Path:
    return BENCHMARKS / "peers" / f"{variant.peer}.txt"


def _shared() -> list[str]:
    return [f"{name}=={importlib.metadata.version(name)}" for name in SHARED]


def _fingerprint(variant: Variant) -> str:
    text = "\n".join([sys.version, _requirements(variant).read_text(), *_shared()])
    return hashlib.sha256(text.encode()).hexdigest()
