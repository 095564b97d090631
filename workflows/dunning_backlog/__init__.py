"""Customers who were late before reminders began: whether they are reminded is asked once, for all."""
