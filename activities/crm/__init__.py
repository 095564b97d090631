"""The CRM's role: reading deals, showing invoices on them."""
