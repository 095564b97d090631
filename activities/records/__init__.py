"""Our own memory, as activities."""
