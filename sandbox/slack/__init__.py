"""A simulated Slack workspace: people, channels, messages with buttons."""
