"""E-mail addresses as people type and paste them, cleaned where the meaning is certain."""

import re
import unicodedata

import email_validator

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_NAMED = re.compile(r"[^<>@]*<([^<>]+)>")
_SEPARATORS = re.compile(r"[;,/|\n]|\s(?:ou|or|et|and|&)\s|(?<=\w)\s+(?=[^\s<>]+@)")


def parse_email(text: str) -> str | None:
    """Return one address without what was pasted along with it; None when it is none.

    Syntax alone is judged: whether anybody reads mail there, nobody can tell.
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip()
    if named := _NAMED.fullmatch(plain):
        plain = named[1]
    plain = re.sub(r"^mailto:", "", plain.strip(" \t\"'<>()[]"), flags=re.IGNORECASE)
    local, at, domain = re.sub(r"\s*@\s*", "@", plain).strip().rstrip(".").rpartition("@")
    # Two dots in a row are a slip of the finger in a domain, and may stand for a letter before the sign.
    address = f"{local}{at}{re.sub(r'[.]{2,}', '.', domain)}"
    try:
        found = email_validator.validate_email(
            address,
            check_deliverability=False,
            # What is reserved for tests is no matter of syntax.
            test_environment=True,
            globally_deliverable=False,
        )
    except email_validator.EmailNotValidError:
        return None
    return address if "." in found.domain else None


def parse_emails(text: str) -> tuple[str, ...]:
    """Return every address of a field that may hold several, each once; empty when one of them is none."""
    if one := parse_email(text):
        return (one,)
    found = [parse_email(part) for part in _SEPARATORS.split(text.strip()) if part and part.strip()]
    return tuple(dict.fromkeys(each for each in found if each)) if all(found) else ()
