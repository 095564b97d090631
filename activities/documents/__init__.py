"""What becomes of an invoice's PDF."""
