"""Where people are told and asked: one package per messenger."""
