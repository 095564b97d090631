"""The page at `/`: every vendor at a glance; deals to win or repair, Slack buttons to press."""
