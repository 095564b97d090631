"""Keeping customers in step: one side, and our memory of both."""
