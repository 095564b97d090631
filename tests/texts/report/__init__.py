"""The parts of the weekly report in words."""
