"""What every simulated vendor shares: the request log, faults, webhook delivery, the control API."""
