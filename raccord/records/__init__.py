"""What Raccord remembers: links, once-ever claims, the audit chain and the quarantine.

An index and a proof. The truth stays in CRM and billing, from where lost records are rebuilt.
"""
