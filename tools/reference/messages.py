"""Every question that Raccord asks, with its answers, and every reason it gives, with its remedy."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Ask
from raccord.texts.catalog import catalog
from raccord.texts.problems import say_reason, say_remedy
from raccord.texts.questions import LOOK_AGAIN
from raccord.texts.speech import say
from tests.texts.asks import all_asks

ALL_REASONS = "quality.title"
"""The question that may have any of the reasons below."""
MANY = 2
"""Entries that count are shown for so many."""
SECTIONS = (
    ("quality", ("quality.",)),
    (
        "before",
        ("which_customer.", "same_siren.", "by_hand.", "totals.", "buyer.", "approval.", "several_invoices."),
    ),
    ("after", ("withdrawn.", "lost_after_issue.", "deleted_after_issue.", "edited_after_issue.", "deposit.")),
    ("payment", ("whose_invoice.", "what_for.")),
    ("dunning", ("dunning.",)),
    ("contact", ("contact.",)),
    ("step", ("step.",)),
)
"""The questions by the beginning of their title's code; what fits none comes last."""
SUBJECTS = (
    ("deal", ("deal.", "terms.", "service_date.", "einvoicing.")),
    ("line", ("line.", "vat.", "footer.")),
    ("company", ("company.", "individual.", "customer.", "value.")),
    ("contact", ("contact.",)),
    ("later", ("edited.", "deposit.", "buyer.", "onboarding.", "dunning.")),
)
HEADS = {
    "fr": """
# Ce que Raccord demande, et quoi répondre

Toutes les questions, avec leurs réponses, puis tous les motifs. Le programme écrit cette page lui-même
(`make reference`) : ce sont les mots que vous lisez dans Slack, dans la tâche du CRM et dans `raccord inbox`.
Noms et montants sont des exemples ; « … » tient la place de ce qui dépend de votre affaire.

Corriger la fiche suffit : le flux le remarque de lui-même. [Comment répondre](commerciaux.md#répondre).
""",
    "en": """
# What Raccord asks, and what to answer

Every question with its answers, then every reason. The program writes this page itself (`make reference`):
these are the words in Slack, in the CRM's task and in `raccord inbox`. Names and amounts are examples; “…”
stands for what depends on your deal.

To correct the record is enough: the flow notices by itself. [How to answer](../desk.md#three-ways-out).
""",
}
WORDS = {
    "fr": {
        "questions": "Les questions",
        "reasons": "Les motifs",
        "any": "Chaque point est l'un des [motifs](#les-motifs) de la fin de cette page.",
        "answers": "Réponses",
        "reason": "ce que dit Raccord",
        "remedy": "ce qu'il faut faire",
        "quality": "L'affaire n'est pas encore facturable",
        "before": "Avant la facture",
        "after": "Après la facture",
        "payment": "Paiements",
        "dunning": "Relances",
        "contact": "Fiches client",
        "step": "Une étape est refusée",
        "others": "Autres",
        "deal": "Sur l'affaire",
        "line": "Sur une ligne, la TVA, les mentions",
        "company": "Sur l'entreprise ou le client",
        "later": "Après la facture",
    },
    "en": {
        "questions": "The questions",
        "reasons": "The reasons",
        "any": "Each point is one of [the reasons](#the-reasons) at the end of this page.",
        "answers": "Answers",
        "reason": "what Raccord says",
        "remedy": "what to do",
        "quality": "The deal cannot be invoiced yet",
        "before": "Before the invoice",
        "after": "After the invoice",
        "payment": "Payments",
        "dunning": "Reminders",
        "contact": "Customers' details",
        "step": "A step is refused",
        "others": "Others",
        "deal": "About the deal",
        "line": "About a line, VAT, legal mentions",
        "company": "About the company or customer",
        "later": "After the invoice",
    },
}


def messages(language: str) -> str:
    """Return the page in a language."""
    words = WORDS[language]
    parts = (
        HEADS[language].strip(),
        f"## {words['questions']}",
        *_questions(language),
        f"## {words['reasons']}",
        *_reasons(language),
    )
    return "\n\n".join(parts) + "\n"


def _questions(language: str) -> Iterator[str]:
    asks = _unlike(all_asks().values())
    for section, starts in (*SECTIONS, ("others", ("",))):
        found = [ask for ask in asks if ask.title.code.startswith(starts)]
        asks = [ask for ask in asks if ask not in found]
        if found:
            yield f"### {WORDS[language][section]}"
        for title, same in groupby(found, key=lambda ask: say(ask.title, language)):
            yield _asked(title, same, language)


def _unlike(asks: Iterable[Ask]) -> list[Ask]:
    """Of questions that differ in their examples alone, keep the first."""
    kept: dict[tuple[str, ...], Ask] = {}
    for ask in asks:
        problems = () if ask.title.code == ALL_REASONS else tuple(p.message.code for p in ask.problems)
        kept.setdefault((ask.title.code, *problems), ask)
    return list(kept.values())


def _asked(title: str, asks: Iterable[Ask], language: str) -> str:
    """Return what is asked under one title: each reason with its remedy, and the answers to it."""
    return "\n\n".join((f"**{title}**", *(part for ask in asks for part in _question(ask, language))))


def _question(ask: Ask, language: str) -> Iterator[str]:
    if ask.title.code == ALL_REASONS:
        yield WORDS[language]["any"]
    else:
        yield from dict.fromkeys(_told(found, language) for found in ask.problems)
    labels = [o.label for o in ask.options] + ([LOOK_AGAIN] if ask.again else [])
    labels += [said for said in (ask.skip, ask.cancel) if said]
    colon = "\N{NO-BREAK SPACE}:" if language == "fr" else ":"
    answers = " · ".join(f"*{say(label, language)}*" for label in labels)
    yield f"{WORDS[language]['answers']}{colon} {answers}"


def _told(found: Problem, language: str) -> str:
    code = found.message.code
    # What the examples of these hold is one field's value, whichever field the reason is about.
    if code.startswith("contact."):
        return f"{_shown(f'{code}.reason', language)} → {_shown(f'{code}.remedy', language)}"
    return f"{_sentence(say_reason(found, language))} → {_sentence(say_remedy(found, language))}"


def _sentence(words: str) -> str:
    """A part of a list begins small and has no full stop; here it stands alone."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?", "…")) else ".")


def _reasons(language: str) -> Iterator[str]:
    entries = catalog(language)
    codes = sorted(code.removesuffix(".reason") for code in entries.codes if code.endswith(".reason"))
    for subject, starts in SUBJECTS:
        rows = [
            (_shown(f"{c}.reason", language), _shown(f"{c}.remedy", language))
            for c in codes
            if c.startswith(starts)
        ]
        yield f"### {WORDS[language][subject]}"
        head = f"| {WORDS[language]['reason']} | {WORDS[language]['remedy']} |\n| --- | --- |"
        yield "\n".join((head, *(f"| {reason} | {remedy} |" for reason, remedy in dict.fromkeys(rows))))


def _shown(code: str, language: str) -> str:
    """Return an entry with “…” where the deal's own words would stand."""
    return _sentence(re.sub(r"\{\w+\}", "…", catalog(language).text(code, MANY))).replace("|", "\\|")
