"""An e-mail to a customer, which leaves at most once: intent, handover, outcome.

Nothing that left can be looked up. An intent without an outcome therefore means that nobody knows, and
nothing is sent again until a person has said so.
"""

from collections.abc import Mapping

from temporalio import activity

from activities.effects import ACTOR, cause
from raccord.connectors.errors import AmbiguousWrite, ConnectorError, Permanent
from raccord.connectors.mailer import Mailer
from raccord.domain.values.base import Value
from raccord.domain.values.mail import Mail
from raccord.records.audit import HAPPENED, Audit, Intent, Verdict
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


class Verified(Value):
    """A person looked whether the mail of this key had arrived."""

    key: str
    arrived: bool
    actor: str


class MailActivities:
    def __init__(self, mailer: Mailer, templates: Templates, audit: Audit) -> None:
        self._mailer = mailer
        self._templates = templates
        self._audit = audit

    @activity.defn(name="mail.send")
    async def send(self, wanted: Mailing) -> Sending:
        """Send a mail once. Fails with `Permanent` when an address, or the mail, is refused."""
        mail = self._written(wanted)
        async with self._mailer.addressed(mail) as hand_over:
            standing = await self._audit.intend(_intent(wanted, mail))
            if standing.last_outcome in HAPPENED:
                return Sending()
            unknown = Sending(unknown=True, outcomes=standing.outcomes)
            if standing.resumed:
                return unknown
            try:
                answer = await hand_over()
            except AmbiguousWrite:
                return unknown
            except ConnectorError as error:
                await self._audit.conclude(wanted.key, Verdict.REFUSED, {"error": str(error)})
                raise
        await self._audit.conclude(wanted.key, Verdict.DONE, {"answer": answer})
        return Sending()

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


def _intent(wanted: Mailing, mail: Mail) -> Intent:
    return Intent(
        key=wanted.key,
        effect=EFFECT,
        object=wanted.about,
        actor=ACTOR,
        cause=cause(),
        request_hash=mail.content_hash,
        after=mail.model_dump(mode="json", exclude={"key"}) | {"template": wanted.template},
    )
