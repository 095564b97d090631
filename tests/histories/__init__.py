"""Recorded histories of every ending, and how to record them again: `python -m tests.histories.record`."""
