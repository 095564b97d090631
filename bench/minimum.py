"""The requests that the deal of a new customer cannot do without, each with its reason."""

MINIMUM = (
    ("hubspot", "GET the deal", "a webhook is a hint: what counts is read"),
    ("hubspot", "GET its companies", "which one is primary is told by no other call"),
    ("hubspot", "POST line_items/batch/read", "lines come by no other call"),
    ("hubspot", "POST companies/batch/read", "name, address and numbers of the buyer"),
    ("stripe", "GET invoices of the deal", "one deal, one invoice, also after a lost answer"),
    ("stripe", "GET customers", "one customer, also after a lost answer"),
    ("stripe", "POST customers", "the customer is new"),
    ("stripe", "POST invoices", "the draft: terms, footer, reference"),
    ("stripe", "POST add_lines", "an invoice cannot be created with its lines; the answer is the proof"),
    ("hubspot", "GET the deal again", "it must not have changed before its invoice is issued"),
    ("stripe", "POST finalize", "the number"),
    ("stripe", "POST send", "the e-mail"),
    ("hubspot", "PATCH the deal", "number and link where the seller looks"),
)
"""(vendor, request, reason)."""
