"""What flow 2 reads, remembers and tells."""
