"""How a remark about an issued invoice reads in the messenger."""

from raccord.domain.deal_won.remarks import Remark
from raccord.domain.desk.notice import Fact, Link, Notice
from raccord.texts.problems import say_problem
from raccord.texts.speech import called
from raccord.texts.voice import Voice


def remark_notice(remark: Remark, voice: Voice) -> Notice:
    """Write a remark as one message without buttons."""
    title = voice.say("remark.title", number=remark.number, count=len(remark.points))
    deal = Link(label=voice.say("link.deal"), url=remark.deal_url)
    return Notice(
        title=f"⚠️ {voice.test_mark}{title}",
        facts=(
            Fact(
                label=voice.say("label.deal"), value=called(remark.deal_name, remark.deal.id, remark.deal_url)
            ),
            Fact(label=voice.say("label.gross_amount"), value=voice.write(remark.gross)),
        ),
        points=tuple(say_problem(point, voice.language) for point in remark.points),
        links=(deal,) if remark.deal_url else (),
        footer=voice.signature,
    )
