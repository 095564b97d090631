"""The nouns that all flows share: money, time, parties, deals, invoices. No rule of any flow."""
