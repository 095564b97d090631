"""What the placeholders of a text stand for."""

NAMED = {
    "customer": "Acme <b>& fils</b>",
    "contact": "Anne",
    "deal": "Refonte du site",
    "amount": "1 305,39 €",
    "invoices": "F-2026-0042",
    "salesperson": "Sophie Martin",
    "salesperson_email": "sophie@hexalab.example",
    "company": "Hexalab",
}
