"""What the settings say, frozen: how far a flow may go and how the company invoices."""
