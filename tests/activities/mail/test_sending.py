"""A mail leaves at most once, wherever the worker dies."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.mail.sending import BAD_TEMPLATE, MailActivities, Mailing, Post, Sending, Verified
from raccord.connectors.errors import Permanent, RateLimited, Transient
from raccord.domain.values.mail import Mail
from raccord.records.audit import Audit
from raccord.records.records import Records
from raccord.texts.mails import Templates
from tests.domain.onboarding.named import NAMED
from tests.fakes.mailer import FakeMailer

MAILING = Mailing(
    key="onboarding/hubspot/7/welcome",
    about="hubspot:7",
    to=("anne@acme.fr",),
    template="welcome",
    language="fr",
    named=NAMED,
)
UNKNOWN = Sending(unknown=True)


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


def act(mailer: FakeMailer, records: Records, templates: Path | None = None) -> MailActivities:
    return MailActivities(mailer, Templates(templates), records.audit)


async def send(mailer: FakeMailer, records: Records, mailing: Mailing = MAILING) -> Sending:
    found: Sending = await ActivityEnvironment().run(act(mailer, records).send, mailing)
    return found


async def die() -> None:
    raise Killed


def dying_at(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Let the process die before the audit knows of this."""
    whole: Callable[..., Awaitable[object]] = getattr(Audit, method)

    def once(self: Audit, *args: object, **more: object) -> Awaitable[object]:
        monkeypatch.setattr(Audit, method, whole)
        return die()

    monkeypatch.setattr(Audit, method, once)


async def test_killed_before_the_intent_it_is_sent_by_the_next_attempt(
    mailer: FakeMailer, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying_at(monkeypatch, "intend")
    with pytest.raises(Killed):
        await send(mailer, records)
    assert mailer.arrived == []
    assert await send(mailer, records) == Sending()
    assert len(mailer.arrived) == 1


async def test_killed_between_the_intent_and_the_handover_nobody_knows(
    mailer: FakeMailer, records: Records
) -> None:
    mailer.before("hand_over", die)
    with pytest.raises(Killed):
        await send(mailer, records)
    assert await send(mailer, records) == UNKNOWN
    assert mailer.arrived == []


async def test_killed_after_the_handover_nobody_knows_and_nothing_is_sent_again(
    mailer: FakeMailer, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying_at(monkeypatch, "conclude")
    with pytest.raises(Killed):
        await send(mailer, records)
    for _ in range(3):
        assert await send(mailer, records) == UNKNOWN
    assert len(mailer.arrived) == 1


async def test_killed_after_the_outcome_it_is_done(mailer: FakeMailer, records: Records) -> None:
    for _ in range(3):
        assert await send(mailer, records) == Sending()
    assert len(mailer.arrived) == 1
    assert await records.audit.open_intents() == ()


async def test_a_person_says_what_became_of_it(mailer: FakeMailer, records: Records) -> None:
    mailer.before("hand_over", die)
    with pytest.raises(Killed):
        await send(mailer, records)
    told = Verified(key=MAILING.key, arrived=False, actor="cli:anne")
    await ActivityEnvironment().run(act(mailer, records).verified, told)
    mailer.before("hand_over", die)
    with pytest.raises(Killed):
        await send(mailer, records)
    assert await send(mailer, records) == Sending(unknown=True, outcomes=1)
    arrived = told.model_copy(update={"arrived": True})
    await ActivityEnvironment().run(act(mailer, records).verified, arrived)
    assert await send(mailer, records) == Sending()
    assert mailer.arrived == []


async def test_what_a_server_refused_was_not_sent_and_may_be_sent_later(
    mailer: FakeMailer, records: Records
) -> None:
    mailer.fail(Permanent("Spam."), "hand_over", times=1)
    with pytest.raises(Permanent, match="Spam"):
        await send(mailer, records)
    mailer.fail(RateLimited("Later.", retry_after=timedelta(1)), "addressed", times=1)
    with pytest.raises(RateLimited):
        await send(mailer, records)
    assert await send(mailer, records) == Sending()
    assert len(mailer.arrived) == 1


@pytest.mark.parametrize("failure", [Transient("Stripe is down."), asyncio.CancelledError()])
async def test_what_fails_while_it_is_asked_whether_it_is_still_due_leaves_no_doubt(
    mailer: FakeMailer, records: Records, failure: BaseException
) -> None:
    mail = Mail(key="dun/stripe/cus_1/1", to=("anne@acme.fr",), subject="Rappel", text="Bonjour")
    failing = [failure]

    async def still() -> bool:
        if failing:
            raise failing.pop()
        return True

    async def attempt() -> Sending:
        return await Post(mailer, records.audit).once(
            mail, about="stripe:cus_1", template="courteous", still=still
        )

    with pytest.raises(type(failure)):
        await ActivityEnvironment().run(attempt)
    assert mailer.arrived == []
    assert await ActivityEnvironment().run(attempt) == Sending()
    assert len(mailer.arrived) == 1


async def test_the_audit_holds_the_words_that_left(mailer: FakeMailer, records: Records) -> None:
    await send(mailer, records, MAILING.model_copy(update={"test": True}))
    intent, outcome = [row async for row in records.audit.export()]
    (mail,) = mailer.arrived
    assert mail.subject.startswith("[TEST] Bienvenue chez Hexalab")
    after = intent["after"]
    assert (after["to"], after["subject"], after["text"]) == (["anne@acme.fr"], mail.subject, mail.text)
    assert (intent["effect"], outcome["verdict"]) == ("mail.send", "done")


async def test_a_template_that_cannot_be_filled_in_is_told(
    mailer: FakeMailer, records: Records, tmp_path: Path
) -> None:
    (tmp_path / "welcome.fr.txt").write_text("Bonjour {{ nobody }}\n\nTexte\n")
    with pytest.raises(Permanent, match=r"welcome\.fr\.txt cannot be filled in: 'nobody' is") as told:
        await ActivityEnvironment().run(act(mailer, records, tmp_path).send, MAILING)
    assert told.value.code == BAD_TEMPLATE
    assert mailer.calls["addressed"] == 0
