"""The webhook receiver: verifies, keeps only hints, and acknowledges what Temporal has accepted."""
