"""The week by e-mail to management, once: whatever became of the places, and however often it is told."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.beating import beating
from activities.mail.sending import BAD_TEMPLATE, Post, Sending
from raccord.connectors.errors import Permanent
from raccord.connectors.mailer import Mailer
from raccord.domain.report.place import Place
from raccord.domain.report.policy import ReportPolicy
from raccord.domain.report.week import Week
from raccord.domain.values.base import Value
from raccord.domain.values.mail import Mail
from raccord.records.audit import Audit
from raccord.records.reports import Reports
from raccord.texts.mails import BadTemplate, Templates
from raccord.texts.report.letter import NAME, Illustrated, letter
from raccord.texts.reports import publication
from raccord.texts.voice import Voice


class Shown(Value):
    """A week, and what became of it in each place."""

    week: Week
    places: tuple[Place, ...] = ()


class ReportMails:
    """`company` is named in the mail."""

    def __init__(
        self,
        mailer: Mailer,
        templates: Templates,
        *,
        reports: Reports,
        audit: Audit,
        policy: ReportPolicy,
        voice: Voice,
        company: str,
    ) -> None:
        self._post = Post(mailer, audit)
        self._templates = templates
        self._reports = reports
        self._policy = policy
        self._voice = voice
        self._company = company

    @activity.defn(name="report.mail")
    async def send(self, shown: Shown) -> Sending:
        """Mail a week to management, unless it was, or may have been."""
        async with beating():
            said = await self._written(shown)
            mail = Mail(
                key=f"report/{shown.week}",
                to=self._policy.rules.to,
                subject=said.worded.subject,
                text=said.worded.text,
                html=said.worded.html,
                language=self._voice.language,
                pictures=said.pictures,
                declinable=False,
            )
            return await self._post.once(mail, about=f"report/{shown.week}", template=NAME)

    async def _written(self, shown: Shown) -> Illustrated:
        report = await self._reports.kept(shown.week)
        if report is None:
            raise ApplicationError(f"There is no report of {shown.week}.", non_retryable=True)
        try:
            said = publication(report, self._voice, self._company)
            return letter(said, shown.places, self._templates)
        except BadTemplate as error:
            raise Permanent(str(error), code=BAD_TEMPLATE) from error
