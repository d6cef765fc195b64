"""`make skjold-scan`: pip-audit on what is installed.

pip-audit lists a package of which the index knows nothing as skipped and is
content; here that is an error, since nothing was audited.
"""

import json
import os
import subprocess
import sys
from typing import Any

from scripts.stack.problem import StackError

# For all packages together; each one has its own, shorter time.
_SECONDS = 180
_COMMAND = (
    *("-m", "pip_audit", "--local", "--format=json", "--desc=off"),
    *("--progress-spinner=off", "--timeout=10"),
)
_ADVICE = "try again with a network, or set AUDIT_ARGS='-s osv'"


def main() -> int:
    """0 without known vulnerabilities; 1 with them, or with one reason."""
    try:
        packages = _audited()
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    found = [
        f"{package['name']} {package['version']}: {finding['id']}"
        f" {_fixed_in(finding)}"
        for package in packages
        for finding in package["vulns"]
    ]
    print("\n".join(found) or f"{len(packages)} packages, none known as bad")
    return 1 if found else 0


def _audited() -> list[dict[str, Any]]:
    """The packages with what is known of them; raises StackError."""
    packages: list[dict[str, Any]] = _report()["dependencies"]
    skipped = [found["name"] for found in packages if "vulns" not in found]
    if skipped:
        raise StackError(
            f"nothing is known of {len(skipped)} of {len(packages)} packages"
            f" ({', '.join(skipped[:3])}, …)",
            "ask an index that knows advisories: AUDIT_ARGS='-s osv'",
        )
    return packages


def _report() -> dict[str, Any]:
    more = os.environ.get("AUDIT_ARGS", "").split()
    try:
        done = subprocess.run(
            [sys.executable, *_COMMAND, *more],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise StackError(
            f"no answer about vulnerabilities in {_SECONDS} s", _ADVICE
        ) from None
    # It ends with 1 for a finding and for a failure.
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip() or "no output").splitlines()[-1][:200]
        raise StackError(f"pip-audit failed: {last}", _ADVICE) from None
    return report


def _fixed_in(finding: dict[str, Any]) -> str:
    versions = ", ".join(finding["fix_versions"])
    return f"(fixed in {versions})" if versions else "(not fixed yet)"


if __name__ == "__main__":
    sys.exit(main())
