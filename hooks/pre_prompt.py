"""Check what runs cookiecutter before the first question is asked.

Some front ends never run this file, so nothing may rest on it. It is read by
whatever Python there is: keep its syntax old.
"""

from __future__ import print_function

import shutil
import sys

OLDEST_PYTHON = (3, 10)
OLDEST_COOKIECUTTER = (2, 4)
TOOLS = (
    ("git", "records the template's version; upgrades need it"),
    ("make", "every command of the service is a make target"),
)


def version_of(text):
    """Take the leading numbers of a version: "2.7.1rc1" is (2, 7)."""
    numbers = []
    for part in text.split(".")[:2]:
        digits = "".join(c for c in part if c.isdigit())
        numbers.append(int(digits or 0))
    return tuple(numbers)


def dotted(version):
    return ".".join(str(number) for number in version)


def interpreter_problem():
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return None
    return (
        "cookiecutter runs on Python {0}; this template needs {1} or newer. "
        "Install cookiecutter with a newer Python, for example: "
        "uvx cookiecutter ..."
    ).format(dotted(sys.version_info[:2]), dotted(OLDEST_PYTHON))


def cookiecutter_problem():
    try:
        from importlib.metadata import PackageNotFoundError, version
    except ImportError:  # reported by interpreter_problem
        return None
    try:
        found = version("cookiecutter")
    except PackageNotFoundError:  # another front end brings its own
        return None
    if version_of(found) >= OLDEST_COOKIECUTTER:
        return None
    return (
        "cookiecutter {0} is too old; this template needs {1} or newer. "
        "Upgrade it, for example: uvx cookiecutter@latest ..."
    ).format(found, dotted(OLDEST_COOKIECUTTER))


def tool_warnings():
    which = getattr(shutil, "which", None)
    if which is None:
        return []
    return [
        "{0} is not on the PATH ({1}). Install it before you go on.".format(
            tool, use
        )
        for tool, use in TOOLS
        if which(tool) is None
    ]


def main():
    for warning in tool_warnings():
        print("note: " + warning, file=sys.stderr)
    problems = [interpreter_problem(), cookiecutter_problem()]
    problems = [problem for problem in problems if problem]
    for problem in problems:
        print("error: " + problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
