"""E-mail addresses as people type and paste them, cleaned where the meaning is certain."""

import re
import unicodedata
from email.utils import parseaddr
from typing import Annotated

import email_validator
from pydantic import AfterValidator

from raccord.domain.values.base import Unfit

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_NAMED = re.compile(r"[^<>@]*<([^<>]+)>")
_DEPARTMENT = r"(?:service )?(?:compta(?:bilit[eé])?|facturation|factures?|contact|principale?)"
_LABEL = re.compile(
    rf"(?:e-?mail|mail|courriel|adresse(?: e-?mail)?|{_DEPARTMENT}|à|to|cc)\s*:\s*", re.IGNORECASE
)
_NOTE = re.compile(rf"\s*\({_DEPARTMENT}\)", re.IGNORECASE)
"""What surely says whose an address is; `ancien` or `ne plus utiliser` would say that it is none."""
_LINK = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE)
_SEPARATORS = re.compile(r"[;,/|\n]|\s(?:ou|or|et|and|&)\s|(?<=\w)\s+(?=[^\s<>]+@)")


def parse_email(text: str) -> str | None:
    """Return one address without what was pasted along with it; None when it is none.

    Syntax alone is judged: whether anybody reads mail there, nobody can tell.
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip()
    if label := _LABEL.match(plain):
        plain = plain[label.end() :]
    if (note := _NOTE.search(plain)) and note.end() == len(plain):
        plain = plain[: note.start()]
    if named := _NAMED.fullmatch(plain):
        plain = named[1]
    plain = plain.strip(" \t\"'<>()[]«»“”")
    if link := _LINK.fullmatch(plain):
        plain = link[1]
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
    # An accent before the sign is a slip nearly always, and refused by most.
    return address if "." in found.domain and local.isascii() else None


def parse_emails(text: str) -> tuple[str, ...]:
    """Return every address of a field that may hold several, each once; empty when one of them is none."""
    if one := parse_email(text):
        return (one,)
    found = [parse_email(part) for part in _SEPARATORS.split(text.strip()) if part and part.strip()]
    return tuple(dict.fromkeys(each for each in found if each)) if all(found) else ()


def _one_address(text: str) -> str:
    if text and parse_email(parseaddr(text)[1]) is None:
        raise Unfit("unfit.named_address", text=text)
    return text


def _bare(text: str) -> str:
    if (address := parse_email(text)) is None:
        raise Unfit("unfit.address", text=text)
    return address


NamedAddress = Annotated[str, AfterValidator(_one_address)]
"""Who writes or is answered: `Hexalab <bonjour@hexalab.fr>` or the address alone; empty for nobody."""

BareAddress = Annotated[str, AfterValidator(_bare)]
"""`compta@hexalab.fr`, without a name."""
