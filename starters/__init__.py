"""What starts flows: the webhook receiver, the command line, and the processes around them."""
