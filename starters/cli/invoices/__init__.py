"""`raccord invoices`: what was invoiced in a month."""
