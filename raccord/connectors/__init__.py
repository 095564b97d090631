"""What the flows need from vendors: ports, errors, capabilities, webhooks; and the registry of vendors."""
