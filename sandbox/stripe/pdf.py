"""An invoice or a credit note as a PDF of one page: a real file, and no more than its figures."""

from decimal import Decimal

from sandbox.stripe.currencies import major
from sandbox.stripe.settings import ACCOUNT_DETAILS, ACCOUNT_NAME
from sandbox.stripe.store import Json

_TOP, _LEADING = 780, 18


def pdf_of(document: Json) -> bytes:
    """Write it in Latin characters (PDF 32000-1: a catalog, one page, one font, one stream of text)."""
    what = "Facture" if document["object"] == "invoice" else "Avoir"
    lines = [
        ACCOUNT_NAME,
        *ACCOUNT_DETAILS,
        "",
        f"{what} {document['number']}",
        str(document.get("customer_name") or ""),
        "",
        *(
            f"{line['description'] or ''}   {_money(line['amount'], document)}"
            for line in document["lines"]["data"]
        ),
        "",
        f"Total TTC {_money(document['total'], document)}",
        "",
        "Document simulé par le bac à sable : aucune facture réelle.",
    ]
    return _file(lines)


def _money(amount: int, document: Json) -> str:
    return f"{Decimal(major(amount, document['currency'])):.2f} {document['currency'].upper()}"


def _file(lines: list[str]) -> bytes:
    text = "".join(
        f"1 0 0 1 50 {_TOP - number * _LEADING} Tm ({_escaped(line)}) Tj\n"
        for number, line in enumerate(lines)
    )
    stream = f"BT /F1 11 Tf\n{text}ET".encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(body))
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
