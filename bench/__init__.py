"""What a deal costs, beside bare Temporal flows on the same server. Run by `make bench`."""
