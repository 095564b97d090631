"""The page at `/`: both vendors at a glance, and a button to win a deal."""
