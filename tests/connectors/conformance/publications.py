"""Weeks, as the suites for report sinks publish them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from raccord.domain.report.publication import (
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Publication,
    Row,
    Table,
)
from raccord.domain.report.week import Week
from raccord.domain.values.money import Money

W48 = Week.parse("2026-W48")
FORMULAS = ('=HYPERLINK("http://x.example";"Facture")', "+33 SARL", "-Moins-", "@Agence", "2026-11")
"""Names and numbers that a sheet would take for something else."""
GAPS = (
    Column("kind", "Écart"),
    Column("name", "Client"),
    Column("number", "Facture"),
    Column("amount", "Montant", ColumnKind.MONEY),
    Column("age", "Jours", ColumnKind.NUMBER),
    Column("since", "Depuis", ColumnKind.DATE),
)


def gap(key: str, customer: str = "Hexalab", number: str = "F-2026-0042", cents: int = 130539) -> Row:
    amount = Money.of_minor(cents, "EUR")
    cells = ("non facturé", customer, number, amount, 12, date(2026, 11, 16))
    return Row(key, cells, url=f"https://crm.example/deal/{key}")


def weeks(of: Week, *, told: int = 100_00, currencies: tuple[str, ...] = ("EUR",)) -> Table:
    """Two weeks, this one and the one before; `told` is what each of them is said to have won, in cents."""
    columns = (
        Column("monday", "Semaine du", ColumnKind.DATE),
        *(Column(f"won_{each}", f"Signé {each}", ColumnKind.MONEY) for each in currencies),
        *(Column(f"dso_{each}", f"Délai {each}", ColumnKind.NUMBER) for each in currencies),
    )
    rows = tuple(
        Row(
            str(each),
            (
                each.monday,
                *(Money.of_minor(told, currency) for currency in currencies),
                *(Decimal("45.3") for _ in currencies),
            ),
        )
        for each in (of.back(1), of)
    )
    return Table("weeks", "Douze semaines", columns, rows, note="Délai moyen.", over_weeks=True)


def week(
    of: Week = W48,
    gaps: Iterable[Row] = (gap("d1"), gap("d2", "Atelier"), gap("d3", "Zénith")),
    *,
    title: str = "Rapport de la semaine 48",
    over: Table | None = None,
) -> Publication:
    aging = Table(
        "aging",
        "Ancienneté",
        (Column("bucket", "Retard"), Column("open_EUR", "Dû EUR", ColumnKind.MONEY)),
        (
            Row("not_due", ("à échoir", Money.of_minor(50_00, "EUR"))),
            Row("1-30", ("1 à 30", Money.of_minor(7_00, "EUR"))),
        ),
    )
    return Publication(
        week=of,
        language="fr",
        company="Hexalab",
        mark="TEST",
        title=title,
        subtitle="Du lundi 23 au dimanche 29 novembre 2026",
        computed_at=datetime(2026, 11, 30, 8, 0, tzinfo=UTC),
        sentences=("Trois affaires signées.", "Deux factures émises."),
        totals=(("Signé", "1 305,39 €"), ("Reçu", "0,00 €")),
        tables=(
            Table("gaps", "Écarts", GAPS, tuple(gaps), note="Comparé lundi."),
            aging,
            weeks(of) if over is None else over,
        ),
        charts=(
            Chart("won", "Signé", "En hausse.", ChartKind.COLUMNS, "weeks", "monday", ("won_EUR",), "EUR"),
            Chart("dso", "Délai", "Stable.", ChartKind.LINE, "weeks", "monday", ("dso_EUR",), "jours"),
            Chart("aging", "Ancienneté", "Peu.", ChartKind.COLUMNS, "aging", "bucket", ("open_EUR",), "EUR"),
        ),
    )


def empty(of: Week = W48) -> Publication:
    """A week in which nothing happened."""
    full = week(of)
    tables = tuple(replace(each, rows=(), note="Rien cette semaine.") for each in full.tables)
    return replace(full, sentences=(), totals=(), tables=tables, charts=())
