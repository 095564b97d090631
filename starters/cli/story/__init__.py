"""The story of one deal: what happened, what is awaited, and why something did not happen."""
