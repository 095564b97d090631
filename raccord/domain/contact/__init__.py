"""Flow 4: keeping a customer's details in step between CRM and billing."""
