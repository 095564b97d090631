"""The billing system's role: its books, customers, drafts and invoices."""
