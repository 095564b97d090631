"""The mailer's role: mail to customers, at most once."""
