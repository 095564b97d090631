"""Flows that serve the documented ones: one customer each, the sweep, the watch, telling, presses."""
