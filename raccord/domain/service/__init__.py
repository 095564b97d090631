"""What serves every flow: outages, the sweep."""
