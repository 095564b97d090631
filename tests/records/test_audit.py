import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from raccord.domain.values.message import message
from raccord.records.audit import Verdict
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.records.rows import fill, intent, tampering

CANARY = "Zoé Canari"


async def exported(records: Records) -> list[dict[str, Any]]:
    return [row async for row in records.audit.export()]


async def test_the_first_intent_of_a_key_has_no_past(records: Records) -> None:
    before = datetime.now(UTC)
    standing = await records.audit.intend(intent())
    assert (standing.outcomes, standing.last_outcome, standing.resumed) == (0, None, False)
    assert before <= standing.first_intent_at <= datetime.now(UTC)
    assert standing.last_outcome_at is None


async def test_an_open_intent_is_resumed_and_not_stated_again(records: Records) -> None:
    first = await records.audit.intend(intent())
    again = await records.audit.intend(intent(cause="deal-won/hubspot/1 run-2"))
    assert again.resumed
    assert again.first_intent_at == first.first_intent_at
    assert again.last_outcome is None
    assert len(await exported(records)) == 1


async def test_a_pair_says_what_was_asked_and_what_came_of_it(records: Records) -> None:
    await records.audit.intend(intent("k", before={"a": 1}, after={"a": Decimal("2.50")}))
    await records.audit.conclude("k", Verdict.DONE, {"id": "in_1"})
    asked, came = await exported(records)
    assert (asked["kind"], asked["verdict"], asked["before"], asked["after"]) == (
        "intent",
        "",
        {"a": 1},
        {"a": "2.50"},
    )
    assert (came["kind"], came["verdict"], came["detail"]) == ("outcome", "done", {"id": "in_1"})
    for column in ("key", "effect", "object", "actor", "cause", "request_hash"):
        assert asked[column] == came[column] != ""
    assert datetime.fromisoformat(asked["at"]).utcoffset() == datetime.now(UTC).utcoffset()
    assert (asked["sequence"], came["sequence"], came["previous"]) == (1, 2, asked["hash"])


@pytest.mark.parametrize("verdict", Verdict)
async def test_a_closed_pair_tells_the_next_attempt_its_verdict(records: Records, verdict: Verdict) -> None:
    first = await records.audit.intend(intent())
    await records.audit.conclude(intent().key, verdict, {})
    standing = await records.audit.intend(intent())
    assert (standing.last_outcome, standing.resumed) == (verdict, False)
    came_about = verdict in (Verdict.DONE, Verdict.FOUND)
    assert (standing.first_intent_at > first.first_intent_at) is came_about
    assert came_about or standing.first_intent_at == first.first_intent_at
    assert standing.outcomes == 1


async def test_what_came_about_and_is_wanted_again_is_wanted_since_then(records: Records) -> None:
    for verdict in (Verdict.DONE, Verdict.SERVER_ERROR, Verdict.REFUSED):
        await records.audit.intend(intent())
        await records.audit.conclude(intent().key, verdict, {})
    rows = [row for row in await exported(records) if row["kind"] == "intent"]
    standing = await records.audit.intend(intent())
    assert standing.first_intent_at == datetime.fromisoformat(rows[1]["at"])
    assert (await records.audit.intend(intent())).first_intent_at == standing.first_intent_at


async def test_outcomes_are_counted_per_key(records: Records) -> None:
    key = intent().key
    for _ in range(3):
        await records.audit.intend(intent())
        await records.audit.conclude(key, Verdict.SERVER_ERROR, {})
    await records.audit.intend(intent())
    await records.audit.conclude(key, Verdict.DONE, {})
    done_at = datetime.now(UTC)
    standing = await records.audit.intend(intent())
    assert (standing.outcomes, standing.last_outcome) == (4, Verdict.DONE)
    assert standing.last_outcome_at
    assert standing.last_outcome_at <= done_at <= standing.first_intent_at
    assert (await records.audit.intend(intent("another"))).outcomes == 0


async def test_an_open_intent_still_tells_how_the_pair_before_it_ended(records: Records) -> None:
    await records.audit.intend(intent())
    await records.audit.conclude(intent().key, Verdict.REFUSED, {})
    await records.audit.intend(intent())
    standing = await records.audit.intend(intent())
    assert (standing.outcomes, standing.last_outcome, standing.resumed) == (1, Verdict.REFUSED, True)


async def test_a_conclusion_without_an_open_intent_changes_nothing(records: Records) -> None:
    await records.audit.conclude("never-stated", Verdict.DONE, {})
    await records.audit.intend(intent("k"))
    await records.audit.conclude("k", Verdict.DONE, {})
    await records.audit.conclude("k", Verdict.REFUSED, {})
    assert [row["verdict"] for row in await exported(records)] == ["", "done"]


async def test_only_one_of_many_simultaneous_attempts_states_the_intent(records: Records) -> None:
    standings = await asyncio.gather(*(records.audit.intend(intent()) for _ in range(20)))
    assert sorted(s.resumed for s in standings) == [False] + [True] * 19
    assert len(await exported(records)) == 1


async def test_an_intent_needs_a_key() -> None:
    with pytest.raises(ValidationError):
        intent("")


async def test_open_intents_are_listed_until_they_are_closed(records: Records) -> None:
    await fill(records.audit)
    assert [i.key for i in await records.audit.open_intents()] == ["inv/8", "inv/9"]
    await records.audit.conclude("inv/8", Verdict.FOUND, {})
    await records.audit.intend(intent("inv/0"))
    assert [i.key for i in await records.audit.open_intents()] == ["inv/9", "inv/0"]


async def test_what_was_stated_in_a_time_comes_with_all_that_came_of_it(records: Records) -> None:
    """Also what came of it later, and what happened under its key before."""
    for key in ("k", "other"):
        await records.audit.intend(intent(key))
        await records.audit.conclude(key, Verdict.DONE, {})
    since = datetime.now(UTC)
    await records.audit.intend(intent("k"))
    until = datetime.now(UTC)
    await records.audit.conclude("k", Verdict.FOUND, {})
    found = await records.audit.stated_between([intent().effect], since, until)
    assert [(row.key, row.verdict) for row in found] == [("k", ""), ("k", "done"), ("k", ""), ("k", "found")]
    assert not await records.audit.stated_between(["another.effect"], since, until)


async def test_notes_belong_to_no_key(records: Records) -> None:
    await records.audit.note("deal_won.end", "hubspot:1", "raccord", "run-1", {"ending": "problems"})
    (row,) = await exported(records)
    assert (row["kind"], row["key"], row["detail"]) == ("note", "", {"ending": "problems"})
    assert await records.audit.open_intents() == ()


async def test_a_note_under_a_key_is_made_once(records: Records) -> None:
    for cause in ("run-1", "run-2"):
        await records.audit.note("deal_won.end", "hubspot:1", "raccord", cause, {}, key="run-1/end/7")
    await records.audit.note("deal_won.end", "hubspot:1", "raccord", "run-1", {}, key="run-1/end/8")
    rows = await exported(records)
    assert [(row["key"], row["cause"]) for row in rows] == [
        ("run-1/end/7", "run-1"),
        ("run-1/end/8", "run-1"),
    ]
    assert (await records.audit.verify()).ok


async def test_notes_without_a_key_are_a_row_each(records: Records) -> None:
    for _ in range(2):
        await records.audit.note("codec.decode", "temporal/payloads", "web-ui", "POST", {})
    assert len(await exported(records)) == 2


async def test_a_note_takes_nothing_from_a_pair_of_the_same_key(records: Records) -> None:
    await records.audit.intend(intent("k"))
    await records.audit.note("deal_won.end", "hubspot:1", "raccord", "run-1", {}, key="k")
    assert (await records.audit.intend(intent("k"))).resumed
    await records.audit.conclude("k", Verdict.DONE, {})
    assert [row["kind"] for row in await exported(records)] == ["intent", "note", "outcome"]


async def test_the_database_itself_refuses_a_second_note_of_a_key(records: Records, url: str) -> None:
    await records.audit.note("deal_won.end", "hubspot:1", "raccord", "run-1", {}, key="k")
    with tampering(url) as intruder:
        intruder.execute("CREATE TEMP TABLE another AS SELECT * FROM audit")
        intruder.execute("UPDATE another SET sequence = 2")
        with pytest.raises(IntegrityError, match=r"audit\.key|ix_audit_note"):
            intruder.execute("INSERT INTO audit SELECT * FROM another")


async def test_any_value_can_be_recorded(records: Records) -> None:
    odd = {"when": datetime.now(UTC), "set": {1}, "thing": object(), "half": "\ud800", "nan": Decimal("NaN")}
    await records.audit.intend(intent(after=odd))
    (row,) = await exported(records)
    json.dumps(row)
    assert (await records.audit.verify()).ok


async def test_names_never_reach_the_disk_in_clear(records: Records, file: Path) -> None:
    await records.audit.intend(intent(before={"name": CANARY}, after={"name": CANARY}))
    await records.audit.conclude(intent().key, Verdict.DONE, {"name": CANARY})
    await records.audit.note("deal_won.end", "hubspot:1", "raccord", "run-1", {"name": CANARY})
    await records.quarantine.put("stripe", message("quarantine.no_json"), CANARY.encode())
    assert sum(CANARY in json.dumps(row, ensure_ascii=False) for row in await exported(records)) == 3
    stored = {path.name: path.read_bytes() for path in file.parent.iterdir()}
    assert {"records.db", "records.db-wal"} <= stored.keys()
    assert b"hubspot:1" in b"".join(stored.values()), "the rows are in these files"
    for content in stored.values():
        for form in (CANARY.encode(), b"Canari", json.dumps(CANARY).encode()):
            assert form not in content


async def test_rows_outlive_a_change_of_keys(url: str) -> None:
    old, new = b"o" * 32, b"n" * 32
    rings = {
        "old": KeyRing.of("old", {"old": old}),
        "both": KeyRing.of("new", {"old": old, "new": new}),
        "new": KeyRing.of("new", {"new": new}),
    }
    seen = {}
    for name, ring in rings.items():
        records = Records.open(url, ring)
        await records.migrate()
        await records.audit.note("deal_won.end", "hubspot:1", "raccord", name, {"by": name})
        assert (await records.audit.verify()).ok, "a chain is verified without its keys"
        seen[name] = await exported(records)
        await records.close()
    assert [row["detail"] for row in seen["both"]] == [{"by": "old"}, {"by": "both"}]
    assert [row.get("sealed") for row in seen["new"]] == ["old", None, None]
    assert [row.get("detail") for row in seen["new"]] == [None, {"by": "both"}, {"by": "new"}]


@pytest.mark.one_database  # only SQLite stores any type in any column
@pytest.mark.parametrize("damage", ["x'00'", "x''", "'text'", "7", "substr(sealed, 1, 40)"])
async def test_a_damaged_row_does_not_stop_an_export(records: Records, url: str, damage: str) -> None:
    await fill(records.audit)
    with tampering(url) as intruder:
        intruder.execute(f"UPDATE audit SET sealed = {damage} WHERE sequence = 2")  # noqa: S608
    rows = await exported(records)
    assert len(rows) == 10
    assert rows[1]["damaged"] is True


async def test_nothing_is_appended_without_a_head(records: Records, url: str) -> None:
    with tampering(url) as intruder:
        intruder.execute("DELETE FROM audit_head")
    with pytest.raises(RecordsUnavailable, match="head"):
        await records.audit.intend(intent())
    assert await exported(records) == []
