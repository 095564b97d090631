"""`raccord inbox list | show | retry | skip | cancel | choose`."""

import asyncio

import click
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.desk.messages import BUSY
from raccord.domain.desk.question import Answer, Choice, Decision
from raccord.domain.values.message import Message, message
from raccord.records.records import Records
from raccord.records.waiting import Waiting
from raccord.records.work import together
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import Changed, flow_named, wake
from raccord.texts import say, say_kept
from raccord.texts.questions import answer_label
from starters.cli.common import actor, fail
from starters.cli.display import fold, opened, print_json, shown
from starters.cli.inbox_view import View
from starters.cli.language import language_of, spoken
from starters.cli.server import WITHIN, connected

BY_HAND = Changed(key="command line", thorough=True)
_BUSY_PAUSE = 0.5


async def list_all(configuration: Configuration, keys: KeyRing, *, closed_too: bool, as_json: bool) -> int:
    """List who is asked what, and which connections hold flows up."""
    async with opened(configuration, keys) as records:
        rows = await records.waiting.list(open_only=not closed_too)
        stuck = await records.stuck.list()
    view = _view(configuration)
    if as_json:
        questions = [view.document(row) for row in rows]
        print_json({"questions": questions, "held_up": view.held_up_document(stuck)})
        return 0
    for line in view.table(rows, with_state=closed_too) if rows else fold(view.say("inbox.none")):
        click.echo(line)
    for sentence in view.held_up(stuck):
        for line in fold(sentence):
            click.secho(line, fg="yellow")
    if rows:
        click.echo("")
        for line in fold(view.say("inbox.how_to_see")):
            click.echo(line)
    return 0


async def show(configuration: Configuration, keys: KeyRing, incident: str, *, as_json: bool) -> int:
    """Show one question, open or settled, with the command of each answer."""
    async with opened(configuration, keys) as records:
        row = await _found(records, incident)
    view = _view(configuration)
    if as_json:
        print_json(view.document(row))
        return 0
    for line in view.page(row):
        for part in fold(line, indent="   "):
            click.echo(part)
    return 0


async def decide(
    configuration: Configuration, keys: KeyRing, incident: str, choice: Choice, option: str = ""
) -> int:
    """Answer an open question; `retry` on a settled one has its flow ask again."""
    async with opened(configuration, keys) as records:
        row = await _found(records, incident)
        if row.closed_at is not None and choice is not Choice.RETRY:
            fail(message("inbox.settled", incident=row.incident, how=_settled(row)), status=1)
        client = await connected(configuration, keys)
        if row.closed_at is not None:
            await _ask_again(client, records, row)
            return 0
    answer = Answer(choice=choice, option=option, actor=actor())
    decision = Decision(incident=row.incident, revision=row.revision, answer=answer)
    said = await _hand_over(client, row, decision)
    click.echo(shown(said))
    return 0


def _view(configuration: Configuration) -> View:
    settings = configuration.settings
    return View(language_of(configuration), settings.clock.tz)


async def _found(records: Records, incident: str) -> Waiting:
    row = await records.waiting.get(incident.strip().lower())
    if row is None:
        fail(message("inbox.unknown", incident=shown(incident)), status=1)
    return row


def _settled(row: Waiting) -> Message:
    """Say how a question was settled, and by whom."""
    if row.answer is None:
        return message("inbox.by_itself")
    label = shown(say_kept(answer_label(row.question, row.answer), spoken()))
    return message("inbox.answer_by", answer=label, actor=shown(row.answer.actor))


async def _hand_over(client: Client, row: Waiting, decision: Decision) -> str:
    """Return what the flow says to an answer that it took; a busy one is asked again for a while."""
    handle = client.get_workflow_handle(row.flow)
    until = asyncio.get_running_loop().time() + WITHIN.total_seconds()
    while True:
        try:
            said: str = await handle.execute_update("decide", decision, result_type=str, rpc_timeout=WITHIN)
        except WorkflowUpdateFailedError as refused:
            await _refused(row, refused, last=asyncio.get_running_loop().time() >= until)
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            # The server keeps an update that nobody has taken yet (measured: for 20 s and more, server 1.32).
            fail(message("inbox.no_worker", seconds=WITHIN.seconds, incident=row.incident), status=1)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return await _without_flow(client, row, decision)
        else:
            return said


async def _refused(row: Waiting, refused: WorkflowUpdateFailedError, *, last: bool) -> None:
    if not isinstance(refused.cause, ApplicationError):
        raise refused
    if refused.cause.type == BUSY and not last:
        await asyncio.sleep(_BUSY_PAUSE)
        return
    fail(message("inbox.refused", said=shown(refused.cause.message), incident=row.incident), status=1)


async def _without_flow(client: Client, row: Waiting, decision: Decision) -> str:
    if decision.answer.choice is not Choice.RETRY:
        fail(message("inbox.no_flow", flow=shown(row.flow), incident=row.incident), status=1)
    handle = await wake(client, flow_named(row.question.flow), row.question.subject, BY_HAND, within=WITHIN)
    return say(message("inbox.started_again", flow=handle.id), spoken())


async def _ask_again(client: Client, records: Records, row: Waiting) -> None:
    forgotten, _ = await together(records.waiting.withdraw(row.flow), records.answers.withdraw(row.flow))
    await records.audit.note(
        effect="desk.withdraw",
        object=str(row.question.subject),
        actor=actor(),
        cause=f"inbox {row.incident}",
        detail={"incident": row.incident, "forgotten": forgotten},
    )
    handle = await wake(client, flow_named(row.question.flow), row.question.subject, BY_HAND, within=WITHIN)
    click.echo(say(message("inbox.forgotten", count=forgotten, flow=shown(handle.id)), spoken()))
