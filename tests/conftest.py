"""What the suites say of themselves: how many points they played shows at the end of every run."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what front-door tests printed, passed ones too, also when workers ran them."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    said = [(r.nodeid, r.capstdout.strip()) for r in reports if r.when == "call" and "front_door" in r.nodeid]
    if any(text for _, text in said):
        terminalreporter.section("what was played")
    for nodeid, text in said:
        if text:
            terminalreporter.write_line(f"{nodeid.rpartition('::')[2]}:")
            terminalreporter.write_line("  " + text.replace("\n", "\n  "))
