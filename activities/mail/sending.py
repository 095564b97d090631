"""An e-mail to a customer, which leaves at most once: intent, handover, outcome.

Nothing that left can be looked up. An intent without an outcome therefore means that nobody knows, and
nothing is sent again until a person has said so.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from temporalio import activity

from activities.beating import beating
from activities.effects import ACTOR, cause
from raccord.connectors.errors import AmbiguousWrite, ConnectorError, Permanent
from raccord.connectors.mailer import Mailer
from raccord.domain.values.base import Value
from raccord.domain.values.mail import Mail
from raccord.records.audit import HAPPENED, Audit, Intent, Verdict
from raccord.records.work import Work, together
from raccord.texts.mails import BadTemplate, Templates

EFFECT = "mail.send"
BAD_TEMPLATE = "template"
"""Code of the refusal of a template that cannot be filled in."""


class Mailing(Value):
    """One mail as a flow orders it. `key` derives from the business and is the same for all its attempts."""

    key: str
    about: str
    """Opaque id of what it is about: `<connection>:123`."""
    to: tuple[str, ...]
    template: str
    language: str
    named: Mapping[str, str]
    """What each placeholder of the template stands for."""
    test: bool = False
    """Whether it is about no real money, and says so."""


class Sending(Value):
    """What became of a mail. `unknown`: it may have left, as an attempt handed it over and came to no end.

    `outcomes` is how often anything came of it before, so that one question is told from the next.
    """

    unknown: bool = False
    outcomes: int = 0
    not_due: bool = False
    """Whether it was not handed over, as it was due no more."""


class Verified(Value):
    """A person looked whether the mail of this key had arrived."""

    key: str
    arrived: bool
    actor: str


async def always() -> bool:
    """Say that a mail is due whatever happens meanwhile."""
    return True


class Post:
    """Hands mails over, each at most once."""

    def __init__(self, mailer: Mailer, audit: Audit) -> None:
        self._mailer = mailer
        self._audit = audit

    async def once(
        self,
        mail: Mail,
        *,
        about: str,
        template: str,
        still: Callable[[], Awaitable[bool]] = always,
        remember: Callable[[], Work[None]] | None = None,
    ) -> Sending:
        """Send a mail that never left. Raises `Permanent` when an address, or the mail, is refused.

        `still` is asked once the server has taken the recipients and nothing has left yet: what it raises is
        raised, and nothing left. `remember` is what our records keep of a mail that left, in one transaction
        with the outcome.
        """
        async with self._mailer.addressed(mail) as hand_over:
            standing = await self._audit.intend(_intent(mail, about, template))
            if standing.last_outcome in HAPPENED:
                await self._concluded(mail, Verdict.FOUND, {}, remember)
                return Sending()
            unknown = Sending(unknown=True, outcomes=standing.outcomes)
            if standing.resumed:
                return unknown
            try:
                due = await still()
            except (Exception, asyncio.CancelledError) as error:
                # Whatever it was, nothing was handed over.
                await self._audit.conclude(mail.key, Verdict.REFUSED, {"error": str(error)})
                raise
            if not due:
                await self._audit.conclude(mail.key, Verdict.REFUSED, {"error": "not due any more"})
                return Sending(not_due=True)
            try:
                answer = await hand_over()
            except AmbiguousWrite:
                return unknown
            except ConnectorError as error:
                await self._audit.conclude(mail.key, Verdict.REFUSED, {"error": str(error)})
                raise
        await self._concluded(mail, Verdict.DONE, {"answer": answer}, remember)
        return Sending()

    async def _concluded(
        self,
        mail: Mail,
        verdict: Verdict,
        detail: dict[str, str],
        remember: Callable[[], Work[None]] | None,
    ) -> None:
        outcome = self._audit.conclude(mail.key, verdict, detail)
        await (together(outcome, remember()) if remember else outcome)


class MailActivities:
    def __init__(self, mailer: Mailer, templates: Templates, audit: Audit) -> None:
        self._post = Post(mailer, audit)
        self._templates = templates
        self._audit = audit

    @activity.defn(name="mail.send")
    async def send(self, wanted: Mailing) -> Sending:
        """Send a mail once. Fails with `Permanent` when an address, or the mail, is refused."""
        async with beating():
            return await self._post.once(self._written(wanted), about=wanted.about, template=wanted.template)

    @activity.defn(name="mail.verified")
    async def verified(self, found: Verified) -> None:
        """Close a mail of which nobody knew whether it left, as a person found it."""
        verdict = Verdict.FOUND if found.arrived else Verdict.REFUSED
        await self._audit.conclude(found.key, verdict, {"actor": found.actor})

    def _written(self, wanted: Mailing) -> Mail:
        try:
            said = self._templates.render(wanted.template, wanted.language, wanted.named)
        except BadTemplate as error:
            raise Permanent(str(error), code=BAD_TEMPLATE) from error
        return Mail(
            key=wanted.key,
            to=wanted.to,
            subject=f"[TEST] {said.subject}" if wanted.test else said.subject,
            text=said.text,
            html=said.html,
            language=wanted.language,
        )


def _intent(mail: Mail, about: str, template: str) -> Intent:
    return Intent(
        key=mail.key,
        effect=EFFECT,
        object=about,
        actor=ACTOR,
        cause=cause(),
        request_hash=mail.content_hash,
        after=mail.model_dump(mode="json", exclude={"key"}) | {"template": template},
    )
