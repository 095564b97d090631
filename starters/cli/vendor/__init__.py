"""Adding a vendor, for developers."""
