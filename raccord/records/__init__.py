"""What Raccord remembers: links, the questions with their answers, once-ever claims, the audit chain, and
input that could not be read.

An index and a proof. The truth about deals and invoices stays in CRM and billing, from where lost links are
found again; what people answered is here alone.
"""
