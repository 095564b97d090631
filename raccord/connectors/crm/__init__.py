"""CRM vendors."""
