"""Holding both sides against each other: what is missing, different or stale, and the proof of it."""
