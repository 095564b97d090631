"""The weekly report: listing, reckoning, showing and mailing it."""
