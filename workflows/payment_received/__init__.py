"""Flow 2: money comes in, and the deal shows it."""
