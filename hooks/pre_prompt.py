"""Check what runs cookiecutter before the first question is asked.

Some front ends never run this file, so nothing may rest on it. It is read by
whatever Python there is: keep its syntax old. A cookiecutter that runs it at
all (2.4 or newer) is new enough.
"""

from __future__ import print_function

import os
import sys

OLDEST_PYTHON = (3, 10)
TOOLS = (
    ("git", "records the template's version; upgrades need it"),
    ("make", "every command of the service is a make target"),
)


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


def is_missing(tool):
    """Do what shutil.which does, which old Pythons lack and which is slow."""
    names = (tool, tool + ".exe")
    folders = os.environ.get("PATH", "").split(os.pathsep)
    return not any(
        os.access(os.path.join(folder, name), os.X_OK)
        for folder in folders
        for name in names
    )


def tool_warnings():
    return [
        "{0} is not on the PATH ({1}). Install it before you go on.".format(
            tool, use
        )
        for tool, use in TOOLS
        if is_missing(tool)
    ]


def main():
    for warning in tool_warnings():
        print("note: " + warning, file=sys.stderr)
    problem = interpreter_problem()
    if problem:
        print("error: " + problem, file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
