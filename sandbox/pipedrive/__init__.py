"""The simulated Pipedrive: one company's account, its API and its webhooks (pipedrive.md)."""
