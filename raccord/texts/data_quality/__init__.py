"""What was found in a CRM, in words: tables, and a page for everybody who has something to clean."""
