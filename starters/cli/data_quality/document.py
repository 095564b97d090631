"""What was found, for a machine."""

from collections.abc import Iterable
from typing import Any

from raccord.domain.data_quality.overview import Overview, share
from raccord.domain.values.money import Money
from raccord.texts.problems import say_reason, say_remedy
from starters.cli.data_quality.noted import Noted


def document(found: Overview, noted: Noted, language: str) -> dict[str, Any]:
    """Return everything; amounts are net, exact and in major units, shares are percentages."""
    return {
        "complete": not found.stopped,
        "stopped": found.stopped,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "made_at": found.made_at.isoformat(),
        "deals": {
            "read": found.deals,
            "judged": found.judged,
            "passing": found.passing,
            "asking": found.judged - found.passing,
            "invoiced": found.invoiced,
            "not_for_us": found.not_for_us,
            "refused": found.refused_count,
        },
        "companies": found.companies,
        "share": _number(found.share),
        "fixes": [
            {
                "topic": each.topic,
                "passing": each.passing,
                "share": _number(share(each.passing, found.judged)),
            }
            for each in found.fixes
        ],
        "at_stake": _sums(found.sums),
        "causes": [
            {"topic": each.topic, "deals": each.deals, "alone": each.alone, "at_stake": _sums(each.sums)}
            for each in found.causes
        ],
        "salespeople": [
            {
                "id": each.id,
                "name": each.name,
                "left": each.left,
                "judged": each.judged,
                "passing": each.passing,
                "records": each.records,
                "duplicates": each.twins,
                "at_stake": _sums(each.sums),
            }
            for each in found.people
        ],
        "asked": [
            {
                "salesperson": each.owner_id,
                "topic": each.topic,
                "code": each.problem.message.code,
                "record": {
                    "kind": each.record_kind,
                    "name": each.record_name,
                    "url": each.record_url,
                    "field": each.problem.field,
                },
                "why": say_reason(each.problem, language),
                "remedy": say_remedy(each.problem, language),
                "deal": {"id": each.deal_id, "name": each.deal_name, "url": each.deal_url},
                "won_on": each.won_on,
                "net": _sum(each.net) if each.net else None,
            }
            for each in noted.everything_asked()
        ],
        "duplicates": [
            {
                "why": each.why,
                "salesperson": noted.owner_of(each),
                "companies": [
                    {"id": company.id, "name": company.name, "url": company.url, "deals": company.deals}
                    for company in each.companies
                ],
            }
            for each in noted.twins()
        ],
        "to_complete": [
            {
                "kind": each.kind,
                "salesperson": each.owner_id,
                "company": {"id": each.company_id, "name": each.name, "url": each.url},
                "here": each.here,
                "there": each.there,
                "why": say_reason(each.problem, language) if each.problem else "",
            }
            for each in noted.completions()
        ],
        "refused": [each.model_dump() for each in found.refused],
    }


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def _sums(found: Iterable[Money]) -> list[dict[str, str]]:
    return [_sum(each) for each in found]


def _sum(found: Money) -> dict[str, str]:
    return {"amount": str(found.amount), "currency": found.currency}
