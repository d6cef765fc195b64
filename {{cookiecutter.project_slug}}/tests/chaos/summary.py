"""Prints what the tests of chaos counted, whoever runs them."""

import json

import pytest

from scripts.text_table import aligned

PROPERTY = "chaos"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> None:
    """A line for each fault; its numbers came with the test's report."""
    found: list[dict[str, str]] = [
        json.loads(str(value))
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    ]
    if found:
        terminalreporter.section("chaos")
        rows = [list(found[0]), *(list(row.values()) for row in found)]
        terminalreporter.write_line(aligned(rows))
