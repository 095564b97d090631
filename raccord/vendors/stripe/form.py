"""Parameters as Stripe reads them: a form with brackets (`lines[0][price_data][currency]=eur`)."""

from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus


def encoded(params: Mapping[str, object]) -> str:
    """Return the form. The same parameters give the same bytes, which idempotency keys rely on."""
    return "&".join(
        f"{quote_plus(name, safe='[]')}={quote_plus(text)}"
        for key, value in params.items()
        for name, text in _flat(key, value)
    )


def path(*parts: str) -> str:
    """Return a path of API v1, its parts quoted: an id never leads anywhere else."""
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping():
            for key, inner in value.items():
                yield from _flat(f"{name}[{key}]", inner)
        case list() | tuple():
            for number, inner in enumerate(value):
                yield from _flat(f"{name}[{number}]", inner)
        case bool():
            yield name, str(value).lower()
        case _:
            yield name, str(value)
