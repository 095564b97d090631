"""What a CRM holds against what an invoice needs, before anything is switched on."""
