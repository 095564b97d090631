"""What every place that shows reports does: each week once, whatever happens meanwhile, and people's own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    Permanent,
    RateLimited,
    Transient,
)
from raccord.connectors.report_sink import ReportSink
from raccord.domain.report.publication import Publication
from tests.connectors.conformance.cases import SinkCase, cases
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.publications import FORMULAS, W48, empty, gap, week, weeks
from tests.patience import patience
from tests.texts.told_weeks import HOSTILE, ordinary, told
from tests.texts.told_weeks import quiet as quiet_week


@pytest.fixture(params=cases(SinkCase))
def case(request: pytest.FixtureRequest) -> SinkCase:
    found: SinkCase = request.param
    return found


@pytest.fixture
async def quiet(case: SinkCase, lab: Lab) -> Lab:
    await lab.option(case.played_by, **case.quiet)
    return lab


@pytest.fixture
async def sink(case: SinkCase, quiet: Lab) -> AsyncIterator[ReportSink]:
    async with case.open(quiet) as sink:
        yield sink


async def publish(case: SinkCase, lab: Lab, publication: Publication) -> str:
    """Publish as another process would, which remembers nothing."""
    async with case.open(lab) as sink:
        return str(await sink.publish(publication))


async def until_done(case: SinkCase, lab: Lab, publication: Publication) -> list[ConnectorError]:
    """Publish again and again; return what failed meanwhile."""
    failed: list[ConnectorError] = []
    while len(failed) < 9:
        try:
            await publish(case, lab, publication)
        except (Transient, RateLimited, AmbiguousWrite) as error:
            failed.append(error)
        else:
            return failed
    raise failed[-1]


async def test_a_week_is_shown_and_published_again_it_is_the_same(
    case: SinkCase, quiet: Lab, sink: ReportSink
) -> None:
    where = await sink.publish(week())
    assert where.startswith("http")
    told = await case.told(quiet, W48)
    for text in ("Trois affaires signées", "Rapport de la semaine 48", "Zénith", "à échoir"):
        assert any(text in each for each in told), text
    shown = await case.shown(quiet)
    assert await publish(case, quiet, week()) == where
    assert await case.shown(quiet) == shown


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_report_that_broke_off_anywhere_is_completed(case: SinkCase, quiet: Lab, when: str) -> None:
    await publish(case, quiet, week())
    usual = await case.told(quiet, W48)
    requests = len(await quiet.switches.requests(vendor=case.played_by))
    assert 0 < requests <= case.requests
    broke = 0
    for place in range(requests):
        await quiet.switches.reset()
        await quiet.option(case.played_by, **case.quiet)
        rule = {"vendor": case.played_by, "path": "(?!/console).*", "skip": place, "when": when}
        await quiet.switches.fault(effect={"reset": True}, **rule)
        broke += len(await until_done(case, quiet, week()))
        await quiet.switches.clear_faults()
        assert await case.told(quiet, W48) == usual, place
        await publish(case, quiet, week())
        assert await case.told(quiet, W48) == usual, place
    assert broke


async def test_rows_come_go_and_change_where_they_are(case: SinkCase, quiet: Lab, sink: ReportSink) -> None:
    await sink.publish(week())
    changed = week(
        gaps=(gap("d0", "Nouveau"), gap("d1"), gap("d3", "Zénith & fils"), gap("d4", "Dernier", cents=1)),
        title="Rapport corrigé",
    )
    await sink.publish(changed)
    told = await case.told(quiet, W48)
    for name in ("Nouveau", "Hexalab", "Zénith & fils", "Dernier"):
        assert any(name in each for each in told), name
    assert not any("Atelier" in each for each in told)
    assert not any("Rapport de la semaine" in each for each in told)
    shown = await case.shown(quiet)
    await sink.publish(changed)
    assert await case.shown(quiet) == shown


async def test_what_people_wrote_stays(case: SinkCase, quiet: Lab, sink: ReportSink) -> None:
    await sink.publish(week())
    theirs = await case.annotate(quiet, W48)
    assert theirs
    # The gap beside which they wrote is no more, others come before it.
    await sink.publish(week(gaps=(gap("d0", "Nouveau"), gap("d1"), gap("d2", "Atelier"), gap("d5", "Fin"))))
    shown = str(await case.shown(quiet))
    for text in theirs:
        assert shown.count(text) == 1, text
    await sink.publish(week())
    shown = str(await case.shown(quiet))
    for text in theirs:
        assert shown.count(text) == 1, text


async def test_what_people_typed_into_their_tools_is_text(
    case: SinkCase, quiet: Lab, sink: ReportSink
) -> None:
    await sink.publish(week(gaps=[gap(f"d{n}", text, text) for n, text in enumerate(FORMULAS)]))
    told = await case.told(quiet, W48)
    for text in FORMULAS:
        assert text in told


async def test_many_gaps_and_long_texts_are_shown_whole(case: SinkCase, quiet: Lab, sink: ReportSink) -> None:
    long = "é" * 2000 + "!"
    many = [gap(f"d{n}", f"Client {n}") for n in range(139)]
    await sink.publish(week(gaps=[*many, gap("long", long)]))
    told = await case.told(quiet, W48)
    assert long in told
    for n in range(139):
        assert f"Client {n}" in told
    assert len(told) == len(await case.told(quiet, W48))


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_whole_report_is_shown_and_stays_the_same(
    case: SinkCase, quiet: Lab, sink: ReportSink, language: str
) -> None:
    report = told(ordinary(), language)
    await sink.publish(report)
    said = await case.told(quiet, report.week)
    for text in HOSTILE:
        assert any(text in each for each in said), text
    for table in report.tables:
        assert table.over_weeks or table.title in said
    shown = await case.shown(quiet)
    await publish(case, quiet, report)
    assert await case.shown(quiet) == shown
    await sink.publish(told(quiet_week(), language))
    await sink.publish(report)
    assert sorted(await case.told(quiet, report.week)) == sorted(said)


async def test_a_week_without_anything_is_shown(case: SinkCase, quiet: Lab, sink: ReportSink) -> None:
    await sink.publish(empty())
    assert any("Rien cette semaine" in each for each in await case.told(quiet, W48))
    await sink.publish(week())
    assert any("Zénith" in each for each in await case.told(quiet, W48))
    await sink.publish(empty())
    assert not any("Zénith" in each for each in await case.told(quiet, W48))


async def test_each_week_has_its_own_place(case: SinkCase, quiet: Lab, sink: ReportSink) -> None:
    before = week(W48.back(1), [gap("d9", "Autrefois")], title="Rapport de la semaine 47")
    places = {await sink.publish(before), await sink.publish(week())}
    assert len(places) == 2
    assert any("Autrefois" in each for each in await case.told(quiet, W48.back(1)))
    assert not any("Autrefois" in each for each in await case.told(quiet, W48))
    shown = await case.shown(quiet)
    await sink.publish(before)
    assert await case.shown(quiet) == shown


async def test_a_currency_more_is_shown(case: SinkCase, quiet: Lab, sink: ReportSink) -> None:
    await sink.publish(week())
    more = week(W48.back(-1), over=weeks(W48.back(-1), currencies=("CHF", "EUR")))
    await sink.publish(more)
    shown = await case.shown(quiet)
    await sink.publish(more)
    assert await case.shown(quiet) == shown


@pytest.mark.parametrize("asked", [{"retry_after": 70}, {}], ids=["said", "unsaid"])
async def test_a_limit_is_obeyed(case: SinkCase, quiet: Lab, sink: ReportSink, asked: dict[str, Any]) -> None:
    await sink.probe()
    await quiet.switches.fault(vendor=case.played_by, effect={"status": 429} | asked, times=None)
    for call in (sink.probe, lambda: sink.publish(week())):
        with pytest.raises(RateLimited) as limited:
            await call()
        if asked:
            assert limited.value.retry_after == timedelta(seconds=70)
        assert timedelta(seconds=1) <= limited.value.retry_after <= timedelta(minutes=2)


async def test_refused_credentials_are_told_with_the_setting_to_correct(
    case: SinkCase, quiet: Lab, sink: ReportSink
) -> None:
    await quiet.switches.fault(vendor=case.played_by, effect={"status": 401}, times=None)
    for call in (sink.probe, lambda: sink.publish(week())):
        with pytest.raises(Auth, match=case.credential):
            await call()


async def test_a_place_that_is_not_shared_is_told_with_what_to_do(
    case: SinkCase, quiet: Lab, sink: ReportSink
) -> None:
    await case.unshare(quiet)
    with pytest.raises((Auth, Permanent), match=case.permission):
        await sink.publish(week())
    failed = [check for check in await sink.check() if check.state is CheckState.FAIL]
    assert any(case.permission in check.remedy for check in failed)


async def test_a_missing_permission_is_named(case: SinkCase, quiet: Lab, sink: ReportSink) -> None:
    await quiet.option(case.played_by, **case.denied)
    with pytest.raises(Auth):
        await sink.publish(week())


async def test_doctor_finds_nothing_wrong_and_changes_nothing(
    case: SinkCase, quiet: Lab, sink: ReportSink
) -> None:
    shown = await case.shown(quiet)
    await sink.probe()
    checks = await sink.check()
    assert {check.state for check in checks} == {CheckState.OK}, checks
    assert await case.shown(quiet) == shown


LOST: list[dict[str, Any]] = [
    {"effect": {"timeout": 30}},
    {"effect": {"truncated": True}, "when": "after"},
    {"effect": {"html": True}},
    {"effect": {"malformed": True}},
    *({"effect": {"status": status}} for status in (500, 502, 503, 504)),
    {"effect": {"status": 500}, "when": "after"},
    {"effect": {"redirect": "https://evil.example/"}},
]


@pytest.mark.parametrize("rule", LOST, ids=str)
async def test_an_outage_is_passed_through(case: SinkCase, quiet: Lab, rule: dict[str, Any]) -> None:
    await publish(case, quiet, week(gaps=[]))
    async with case.open(quiet, timeout=patience(1)) as sink:
        await quiet.switches.fault(vendor=case.played_by, times=None, path="(?!/console).*", **rule)
        with pytest.raises((Transient, AmbiguousWrite)):
            await sink.probe()
        with pytest.raises((Transient, AmbiguousWrite)):
            await sink.publish(week())
    await quiet.switches.clear_faults()
    await publish(case, quiet, week())


@pytest.mark.parametrize("rule", LOST, ids=str)
async def test_a_write_without_an_answer_may_have_happened_and_is_sent_once(
    case: SinkCase, quiet: Lab, rule: dict[str, Any]
) -> None:
    before = await quiet.written(case.played_by)
    async with case.open(quiet, timeout=patience(1)) as sink:
        await quiet.switches.fault(vendor=case.played_by, path=case.writes, method=["POST", "PATCH"], **rule)
        with pytest.raises(AmbiguousWrite):
            await sink.publish(week())
    assert await quiet.written(case.played_by) - before <= 1
    await publish(case, quiet, week())


async def test_no_error_holds_a_secret_or_what_people_typed(case: SinkCase, quiet: Lab) -> None:
    for status in (401, 403, 409, 429, 500):
        async with case.open(quiet) as sink:
            await sink.probe()
            rule = {"vendor": case.played_by, "method": ["POST", "PATCH"], "times": None}
            await quiet.switches.fault(effect={"status": status}, **rule)
            with pytest.raises(ConnectorError) as caught:
                await sink.publish(week())
            await quiet.switches.clear_faults()
            cause: BaseException | None = caught.value
            while cause is not None:
                for private in ("Zénith", "PRIVATE KEY", *_secrets(case)):
                    assert private not in f"{cause!r}{cause}"
                cause = cause.__cause__


def _secrets(case: SinkCase) -> list[str]:
    return [str(v) for k, v in case.settings.items() if k == case.credential and "/" not in str(v)]


async def test_closing_twice_harms_nothing(sink: ReportSink) -> None:
    await sink.close()
    await sink.close()


async def test_two_reports_at_once_do_no_harm_to_each_other(case: SinkCase, quiet: Lab) -> None:
    """Of different weeks: those of one week come one after the other."""
    await publish(case, quiet, week(W48.back(2)))
    others = (week(W48.back(1), [gap("a", "Un")]), week(W48, [gap("b", "Deux")]))
    await asyncio.gather(*(until_done(case, quiet, each) for each in others))
    for each in others:
        await publish(case, quiet, each)
    assert any("Deux" in each for each in await case.told(quiet, W48))
    assert any("Un" in each for each in await case.told(quiet, W48.back(1)))
