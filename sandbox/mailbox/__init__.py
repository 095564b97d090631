"""The mailbox of the sandbox: an SMTP server on loopback that keeps what it receives."""
