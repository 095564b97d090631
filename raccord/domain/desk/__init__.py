"""Waiting for a person: the question, its problems, and how both are worded."""
