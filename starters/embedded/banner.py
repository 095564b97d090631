"""What `raccord up` says: only what the running processes themselves reported."""

from collections.abc import Iterable, Sequence

from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import Message, Quote, Text, message
from raccord.records.stuck import StuckFlow
from raccord.settings.configuration import Configuration
from raccord.temporal.identity import Poller, WorkerIdentity
from raccord.temporal.views import WebUi
from raccord.texts import say, say_param
from starters.cli.common import bold
from starters.cli.display import shown

FLOW = "deal_won"
_DOES = {
    Mode.SHADOW: message("up.does.shadow"),
    Mode.DRAFT: message("up.does.draft"),
    Mode.LIVE: message("up.does.live"),
}


def banner(configuration: Configuration, worker: WorkerIdentity, language: str) -> str:
    """Return what a person reads once everything runs; mode and credentials are the worker's own words."""
    settings = configuration.settings
    address = f"http://127.0.0.1:{settings.temporal.embedded_ui_port}"
    ui = WebUi(address, settings.temporal.namespace)
    awaited = (configuration.crm.name, configuration.billing.name)
    facts: tuple[tuple[Text, Text], ...] = (
        (message("up.deal_won"), _doing(worker)),
        *_ladder(settings.rollout.begin),
        ("webhooks", f"{settings.receiver.public_url}/webhooks/{configuration.crm.name}"),
        (message("up.data"), str(settings.data.directory.resolve())),
    )
    parts = (
        bold(say(message("up.title", stage=worker.stage), language)),
        _table(facts, language),
        f"{bold(say(message('up.web_ui'), language))}\n{_table(ui.links(awaited), language)}",
        f"{say(message('up.one_machine'), language)}\n{say(message('up.stop'), language)}",
    )
    return "\n\n".join(parts)


def _table(rows: Iterable[tuple[Text, Text]], language: str) -> str:
    said = [(say_param(label, language), say_param(fact, language)) for label, fact in rows]
    width = max(len(label) for label, _ in said)
    return "\n".join(f"{label:<{width}}   {fact}" for label, fact in said)


def _ladder(begin: Mode | None) -> tuple[tuple[Text, Text], ...]:
    """Say where whoever was not promoted begins: the mode alone would say that all go that far."""
    return ((message("check.ladder"), message("up.ladder", begin=begin.value)),) if begin else ()


def _doing(worker: WorkerIdentity) -> Message:
    mode = worker.modes[FLOW]
    return message("up.mode", mode=bold(mode.value), does=_DOES[mode])


def stranger(other: Poller) -> Message:
    """Return the warning that somebody else serves the same flows."""
    if worker := other.worker:
        mode = worker.modes[FLOW]
        return message(
            "up.stranger",
            mode=bold(mode.value),
            does=_DOES[mode],
            stage=worker.stage,
            process=worker.process,
            pid=worker.process.partition("@")[0],
        )
    return message("up.unknown", name=repr(other.name))


def held_up(connection: str, flows: Sequence[StuckFlow]) -> Message:
    """Return the warning that a connection holds flows up, in its own words."""
    said = next((each.said for each in flows if each.said), "")
    if not said:
        return message("up.held_up", count=len(flows), connection=bold(connection))
    quoted = Quote(quote=shown(said))
    return message("up.held_up_as", count=len(flows), connection=bold(connection), said=quoted)


def changed(worker: WorkerIdentity) -> Message:
    """Return the news that our own worker was started again with other settings."""
    mode = worker.modes[FLOW]
    return message("up.changed", mode=bold(mode.value), does=_DOES[mode], stage=bold(worker.stage))
