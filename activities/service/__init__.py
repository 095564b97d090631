"""What serves every flow: the sweep, the watch over connections, waking flows."""
