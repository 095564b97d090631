"""Flow 3: invoices that are not paid in time, and the reminders of them."""
