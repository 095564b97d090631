"""Codes become sentences here, at the edge, in the reader's language. Nothing below says a word."""

from raccord.texts.catalog import LANGUAGES
from raccord.texts.speech import called, say, say_fact, say_field, say_kept, say_param, say_record

__all__ = ["LANGUAGES", "called", "say", "say_fact", "say_field", "say_kept", "say_param", "say_record"]
