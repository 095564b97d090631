"""`raccord data-quality`: reading the CRM before anything is switched on."""
