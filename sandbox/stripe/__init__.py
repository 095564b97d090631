"""Stripe Invoicing (API v1, version 2026-10-28.endive) on loopback."""
