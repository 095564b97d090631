"""Which billing customer a company is."""
