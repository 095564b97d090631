"""Weeks as they are told: an ordinary one with hostile names and two currencies, and one without anything."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from raccord.domain.dunning.silence import Silence
from raccord.domain.dunning.stopped import Stop
from raccord.domain.proof.gap import Gap, GapKind, Standing
from raccord.domain.report.changes import changes
from raccord.domain.report.facts import FactKind
from raccord.domain.report.publication import Publication
from raccord.domain.report.report import (
    Adjustment,
    AdjustmentKind,
    Aged,
    Bucket,
    Counted,
    DealLine,
    Figures,
    Group,
    Point,
    Promised,
    Reminded,
    Report,
    Stopped,
    Waits,
)
from raccord.domain.report.week import Week
from raccord.domain.values.message import message
from raccord.domain.values.money import Money
from raccord.texts.reports import publication
from raccord.texts.voice import Voice

PARIS = ZoneInfo("Europe/Paris")
WEEK = Week.parse("2026-W48")
MONDAY = date(2026, 11, 30)
AT = datetime(2026, 11, 30, 9, 0, tzinfo=PARIS)
CRM = "https://app.hubspot.com/contacts/42/deal"
HOSTILE = (
    '=HYPERLINK("http://x.example";"Facture")',
    "+33 SARL",
    "-Moins-",
    "@Agence",
    "Acme <script>alert(1)</script> & Fils",
    "2026-11",
    "Établissements Très Long Nom de la Rivière et Compagnie, succursale de Clermont-Ferrand",
    "مطعم السلام",
)
"""What people call customers, as a spreadsheet, a page and a mail have to leave it."""
COLUMNS = ("won", "issued", "received", "receivable", "dso")
EUROS = (
    ("31200.00", "28450.00", "22110.50", "81200.00", "44.1"),
    ("18900.00", "19200.00", "25400.00", "75000.00", "42.0"),
    ("0.00", "4300.00", "12000.00", "67300.00", "39.5"),
    ("42500.00", "31000.00", "18700.00", "79600.00", "43.2"),
    ("27600.00", "33800.00", "21500.00", "91900.00", "46.8"),
    ("35100.00", "30900.00", "29650.00", "93150.00", "46.1"),
    ("22400.00", "24500.00", "31000.00", "86650.00", "43.0"),
    ("39800.00", "36200.00", "27300.00", "95550.00", "45.7"),
    ("12300.00", "15800.00", "33900.00", "77450.00", "38.2"),
    ("44100.00", "39700.00", "26400.00", "90750.00", "42.9"),
    ("30250.00", "29000.00", "34200.00", "85550.00", "40.6"),
    ("45120.50", "41305.39", "38220.10", "88634.79", "41.2"),
)


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def counted(count: int, *sums: Money) -> Counted:
    return Counted(count=count, sums=sums)


def trend() -> tuple[Point, ...]:
    euros = tuple(
        Point(
            week=WEEK.back(11 - at),
            **dict(zip(COLUMNS[:4], map(money, row[:4]), strict=True)),
            dso=Decimal(row[4]),
        )
        for at, row in enumerate(EUROS)
    )
    dollars = tuple(
        Point(
            week=WEEK.back(11 - at),
            won=money(f"{at * 700}.00", "USD"),
            issued=money(f"{at * 500}.00", "USD"),
            received=money("0.00", "USD"),
            receivable=money(f"{at * 500}.00", "USD"),
            dso=Decimal("91.0") if at else None,
        )
        for at in range(12)
    )
    return euros + dollars


def lines() -> tuple[DealLine, ...]:
    owners = ("Camille Roux", "Léa Martin", "")
    return tuple(
        DealLine(
            key=f"90010{at:02}",
            name=f"{name} – audit",
            url=f"{CRM}/90010{at:02}",
            owner=owners[at % 3],
            customer=name,
            numbers=(f"F-2026-{at:04}",),
            won=money(f"{1200 + at * 310}.00", "USD" if at == 3 else "EUR"),
            issued=money(f"{1440 + at * 372}.00", "USD" if at == 3 else "EUR"),
            received=money("705.39") if at % 2 else None,
        )
        for at, name in enumerate(HOSTILE)
    )


def gap(at: int) -> Gap:
    kinds, standings = tuple(GapKind), tuple(Standing)
    return Gap(
        kind=kinds[at % len(kinds)],
        name=HOSTILE[at % len(HOSTILE)],
        deal_id=f"9001{at:04}",
        invoice_id=f"in_{at}",
        number="2026-11" if at == 5 else f"F-2026-{at:04}",
        url=f"{CRM}/9001{at:04}" if at % 7 else "",
        here=money(f"{1000 + at}.00") if at % 3 else None,
        there=money(f"{1200 + at}.40") if at % 4 else None,
        since=MONDAY - timedelta(days=at * 3),
        standing=standings[at % 3],
    )


def groups(*names: str) -> tuple[Group, ...]:
    return tuple(
        Group(
            key=f"g{at}",
            name=name,
            figures=Figures(
                won=counted(5 - at, money(f"{20000 - at * 3000}.50")),
                issued=counted(4 - at, money(f"{18000 - at * 2500}.39"), money("1500.00", "USD")),
                received=counted(3, money(f"{15000 - at * 1000}.10")),
            ),
        )
        for at, name in enumerate(names)
    )


def ordinary(gaps: int = 14, **changed: object) -> Report:
    """A week with something in every table."""
    found = tuple(map(gap, range(gaps)))
    report = Report(
        week=WEEK,
        computed_at=AT,
        day=MONDAY,
        since=date(2026, 1, 1),
        figures=Figures(
            won=counted(12, money("45120.50"), money("2130.00", "USD")),
            issued=counted(11, money("41305.39"), money("2556.00", "USD")),
            credited=counted(1, money("500.00")),
            received=counted(9, money("38220.10")),
            refunded=counted(1, money("120.00")),
        ),
        before=Figures(
            won=counted(9, money("30250.00"), money("2800.00", "USD")),
            issued=counted(8, money("29000.00")),
            received=counted(10, money("34200.00")),
        ),
        salespeople=groups("Camille Roux", "Léa Martin", ""),
        pipelines=groups("Ventes", "Partenaires"),
        lines=lines(),
        more_lines=3,
        adjustments=(
            Adjustment(
                key="pay_1", kind=AdjustmentKind.LATE, fact=FactKind.RECEIVED, week=WEEK.back(1),
                name="Acme SAS", url=f"{CRM}/7", now=money("705.39"),
            ),
            Adjustment(
                key="in_7", kind=AdjustmentKind.CHANGED, fact=FactKind.ISSUED, week=WEEK.back(2),
                name="@Agence", told=money("1200.00"), now=money("1080.00"),
            ),
            Adjustment(
                key="9007", kind=AdjustmentKind.GONE, fact=FactKind.WON, week=WEEK.back(1),
                name="Nom & Co", told=money("900.00"),
            ),
        ),
        gaps=found,
        gap_counts={kind: n for kind in GapKind if (n := sum(each.kind is kind for each in found))},
        proved_at=AT - timedelta(minutes=20),
        aging=tuple(
            Aged(bucket=bucket, open=counted(n, money(euros), *dollars))
            for bucket, n, euros, dollars in (
                (Bucket.NOT_DUE, 14, "52310.40", (money("5500.00", "USD"),)),
                (Bucket.TO_30, 6, "21450.00", ()),
                (Bucket.TO_60, 3, "9874.39", ()),
                (Bucket.TO_90, 0, "0.00", ()),
                (Bucket.OLDER, 2, "5000.00", ()),
            )
        ),
        trend=trend(),
        waiting=(
            Waits(
                cause=message("cause.identifier"), owner="Camille Roux",
                waiting=counted(3, money("8400.00")), since=AT - timedelta(days=6),
            ),
            Waits(
                cause=message("cause.totals"), waiting=counted(1, money("1305.39"), money("20.00", "USD")),
                since=AT - timedelta(days=1),
            ),
        ),
        promises=(
            Promised(
                customer_id="cus_1", customer=HOSTILE[0], until=date(2026, 12, 4),
                amounts=(money("1305.39"),),
            ),
        ),
        reminded=(Reminded(level=0, count=2), Reminded(level=1, count=4), Reminded(level=3, count=1)),
        stopped=(Stopped(reason=Stop.PAID, count=1), Stopped(reason=Silence.DISPUTED, count=2)),
        by_hand=lines()[:2],
    ).model_copy(update=changed)  # fmt: skip
    before = Report(
        week=WEEK.back(1),
        computed_at=AT - timedelta(days=7),
        day=MONDAY - timedelta(days=7),
        aging=(Aged(bucket=Bucket.TO_30, open=counted(4, money("31000.00"))),),
        gap_counts={GapKind.NOT_INVOICED: 11},
        proved_at=AT - timedelta(days=7),
    )
    return report.model_copy(update={"changes": changes(report, before)})


def quiet() -> Report:
    """A week without a deal, an invoice, a payment or a gap, told late."""
    report = Report(
        week=WEEK,
        computed_at=datetime(2026, 12, 2, 14, 5, tzinfo=PARIS),
        day=date(2026, 12, 2),
        late=True,
        proved_at=AT,
        aging=tuple(Aged(bucket=bucket) for bucket in Bucket),
    )
    return report.model_copy(update={"changes": changes(report, None)})


def told(report: Report, language: str) -> Publication:
    return publication(report, Voice(language=language), "Hexalab")
