"""How the digest of the day reads in the messenger, and why a finding is one, anywhere."""

from collections.abc import Iterator

from raccord.domain.desk.notice import Fact, Notice
from raccord.domain.desk.problems import Problem
from raccord.domain.service.findings import Digest, Finding, FindingKind, Tally
from raccord.domain.values.message import Message, message
from raccord.texts.problems import say_problem, say_reason
from raccord.texts.speech import called, say, say_fact, say_field, say_record
from raccord.texts.voice import Voice

KINDS = {
    FindingKind.WOULD_INVOICE: message("digest.kind.would_invoice"),
    FindingKind.WOULD_ASK: message("digest.kind.would_ask"),
    FindingKind.NOT_FOR_US: message("digest.kind.not_for_us"),
    FindingKind.NOT_TRANSMITTED: message("digest.kind.not_transmitted"),
}


def digest_notice(digest: Digest, voice: Voice) -> Notice:
    """Write a digest as one message without buttons."""
    shadow = any(tally.kind.of_shadow for tally in digest.tallies)
    title = voice.say("digest.title_shadow" if shadow else "digest.title")
    return Notice(
        title=f"🗒️ {voice.test_mark}{title}",
        facts=tuple(
            Fact(label=voice.write(KINDS[tally.kind]), value=say_tally(tally, voice.language))
            for tally in digest.tallies
        ),
        points=tuple(_points(digest, voice)),
        footer=voice.signature,
    )


def say_tally(tally: Tally, language: str) -> str:
    """Say how many there are and what they come to: `3 affaires, 5 120,50 € HT`."""
    code = "digest.deals" if tally.kind.of_shadow else "digest.invoices"
    many = message(code, count=tally.count)
    return say(message("digest.net", many=many, net=tally.nets) if tally.nets else many, language)


def say_why(point: Message | Problem, language: str) -> str:
    """Say one point of a finding in one sentence: which field of which record, and why."""
    if isinstance(point, Message):
        return say(point, language)
    record = say_record(point.record, language)
    where = f"{record} · {say_field(point.field, language)}" if point.field else record
    return say_fact(where, say_reason(point, language), language)


def _points(digest: Digest, voice: Voice) -> Iterator[str]:
    for tally in digest.tallies:
        named = [found for found in digest.findings if found.kind is tally.kind]
        if tally.kind is FindingKind.NOT_TRANSMITTED:
            yield from _once(named, voice)
        else:
            yield from (_named(found, voice) for found in named)
        if others := tally.count - len(named):
            others_too = message("digest.others", count=others)
            yield voice.say("digest.named", kind=KINDS[tally.kind], name=others_too)
    if any(tally.kind.of_shadow for tally in digest.tallies):
        yield voice.say("digest.all")


def _once(named: list[Finding], voice: Voice) -> Iterator[str]:
    """Give the numbers of the invoices, and the reason that they share a single time."""
    numbers = ", ".join(found.number for found in named if found.number)
    if numbers:
        yield voice.say("digest.named", kind=KINDS[FindingKind.NOT_TRANSMITTED], name=numbers)
    points = (point for found in named for point in found.points if isinstance(point, Problem))
    yield from dict.fromkeys(say_problem(point, voice.language) for point in points)


def _named(found: Finding, voice: Voice) -> str:
    kind = KINDS[found.kind]
    name = called(found.name, found.deal.id, found.url)
    if found.net:
        head = message("digest.named_with_amount", kind=kind, name=name, net=found.net)
    else:
        head = message("digest.named", kind=kind, name=name)
    if not found.points:
        return voice.write(head)
    why = say_why(found.points[0], voice.language)
    if found.left_out:
        why = f"{why} ({voice.say('digest.further_points', count=found.left_out)})"
    return voice.write(message("digest.because", named=head, why=why))
