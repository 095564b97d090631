"""What flow 3 reads, remembers, sends and tells."""
