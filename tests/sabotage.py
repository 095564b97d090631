"""Break the code in many ways, each in a copy of the tree: the suite must turn red, and say why.

Run by hand (`make sabotage`) after a change of the recipe of writes, of the judge or of the crash points. A
sabotage is a small replacement of text; one that no longer applies is reported as such and fails.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CRASH_POINTS = "tests/front_door/test_crash_points.py"
CONTACTS_ACTED_ON = "tests/front_door/test_contacts_actions.py"
CONTACTS_MERGED = "tests/domain/contact/test_merge.py"
CONTACTS_FLOW = "tests/workflows/contact/test_contact_sync.py"
ENDINGS = "tests/front_door/test_endings.py"
IN_LINE = "tests/workflows/test_turn.py"
PAYMENTS = "tests/front_door/test_payments.py"
PAYMENTS_BROKEN = "tests/front_door/test_payments_faults.py"
REPORT = "tests/front_door/test_report.py"
REPORT_BROKEN = "tests/front_door/test_report_faults.py"


class DoesNotApply(Exception):
    """The text that a sabotage replaces is not, or not once, where it was."""


@dataclass(frozen=True)
class Change:
    """Replace `text`, which occurs once in one of the files; `put` comes in its place."""

    files: str
    text: str
    put: str

    def apply(self, tree: Path) -> None:
        found = [f for f in sorted(tree.glob(self.files)) if self.text in f.read_text("utf-8")]
        if len(found) != 1 or found[0].read_text("utf-8").count(self.text) != 1:
            raise DoesNotApply(f"{self.text!r} is not once in {self.files}, but in {[f.name for f in found]}")
        found[0].write_text(found[0].read_text("utf-8").replace(self.text, self.put), "utf-8")


@dataclass(frozen=True)
class Sabotage:
    """`tests` must turn red, and each of `says` (regular expressions) must be among the reasons."""

    name: str
    changes: tuple[Change, ...]
    tests: tuple[str, ...]
    says: tuple[str, ...]


def crash_points(named: str) -> tuple[str, ...]:
    return CRASH_POINTS, "--points", named


LOOKUPS_STALE = ": reset True after, look-ups stale"
AFTER_THE_MAIL = "send: worker dies answered"
AFTER_THE_WRITE = "write to the deal: worker dies answered"
AFTER_SHOWING = "show on the deal: worker dies after"
DIES = "worker_that_dies"
STAYS, NO_EDIT = "stays_where_it_was_typed", "makes_of_our_write"
PUT_BACK, REFUSED = "old_values_are_put_back", "a_vendor_refuses"
NOTED_LATER, TO_THE_CENT, IS_TEXT = "noted_afterwards", "to_the_cent", "people_typed_is_text"
AGAIN, MISSED = "asked_for_again", "monday_that_was_missed"
PART_PAYMENTS, ON_THE_31ST, SEVERAL = "part_payments", "on_the_31st", "several_invoices"

SABOTAGES = (
    Sabotage(
        "a demotion between the reads and the first write is not seen",
        (Change("workflows/deal_won/flow.py", "now.for_deal(self._deal) != self._policy", "False"),),
        ("tests/workflows/deal_won/test_ladder.py",),
        ("test_a_demotion_before_the_first_write_holds",),
    ),
    Sabotage(
        "a demotion while the draft is made is not seen",
        (
            Change(
                "workflows/deal_won/flow.py", "LookAgain\n        await self._may_write()\n", "LookAgain\n"
            ),
        ),
        ("tests/workflows/deal_won/test_ladder.py",),
        ("test_a_demotion_before_the_invoice_is_issued_holds",),
    ),
    Sabotage(
        "a webhook waits behind the sweep",
        (Change("workflows/turn.py", "                step.cancel()", "                pass"),),
        (IN_LINE,),
        ("its step stands in a better place",),
    ),
    Sabotage(
        "a step that has begun is begun again where it is moved",
        (Change("workflows/steps.py", "_TO_ITS_END if turn else ", ""),),
        (IN_LINE,),
        (r"\['swept', 'swept'\]|assert 2 == 1",),
    ),
    Sabotage(
        "a fresh key for each call, the look-up kept",
        (
            Change("activities/effects.py", "await write(key)", 'await write(f"{key}#{uuid.uuid4()}")'),
            Change("activities/effects.py", "import hashlib\n", "import hashlib\nimport uuid\n"),
        ),
        crash_points(LOOKUPS_STALE),
        tuple(
            f"{call}{LOOKUPS_STALE}"
            for call in ("create customer", "create VAT rate", "create draft", "send")
        ),
    ),
    Sabotage(
        "two VAT rates created",
        (
            Change(
                "activities/**/*.py",
                "return await self._billing.create_vat_rate(rate, key=key)",
                'await self._billing.create_vat_rate(rate, key=f"{key}#twice")\n'
                "            return await self._billing.create_vat_rate(rate, key=key)",
            ),
        ),
        crash_points("create VAT rate: worker dies before"),
        ("2 VAT rates of",),
    ),
    Sabotage(
        "a second equal PATCH to the deal",
        (
            Change(
                "activities/**/*.py",
                "await self._crm.write_invoice(deal.id, fields)",
                "await self._crm.write_invoice(deal.id, fields)\n"
                "            await self._crm.write_invoice(deal.id, fields)",
            ),
        ),
        crash_points(AFTER_THE_MAIL),
        ("2 writes to the deal",),
    ),
    Sabotage(
        "a CRM write without an intent",
        (
            Change(
                "activities/crm/deals.py",
                '        await self._effects.once(\n            Effect(\n                key=f"deal/',
                "        if await look() is None:\n"
                '            await write("")\n'
                "            return\n"
                '        await self._effects.once(\n            Effect(\n                key=f"deal/',
            ),
        ),
        crash_points(AFTER_THE_WRITE),
        ("PATCH .* was written without an intent before it",),
    ),
    Sabotage(
        "an intent stored after its write",
        (
            Change(
                "activities/effects.py",
                "        standing = await self._audit.intend(",
                "        if await look() is None:\n"
                "            await write(effect.key)\n"
                "        standing = await self._audit.intend(",
            ),
        ),
        crash_points(AFTER_THE_WRITE),
        ("POST .* was written without an intent before it",),
    ),
    Sabotage(
        "an e-mail that may be sent twice",
        (Change("activities/billing/*.py", "            final=True,\n", ""),),
        (f"{ENDINGS}::test_what_the_audit_saw_leave_is_never_mailed_again",),
        ("2 e-mails of",),
    ),
    Sabotage(
        "no look before the write",
        (
            Change(
                "activities/effects.py",
                "None if standing.first and write_looks else await self._look(effect, look, failed=failed)",
                "None",
            ),
        ),
        (PAYMENTS_BROKEN, "-k", DIES, "--points", AFTER_SHOWING),
        ("'shown': 2",),
    ),
    Sabotage(
        "no standing remembered",
        (
            Change(
                "activities/payment/memory.py",
                "await together(settling, payments.note(done.news))",
                "await payments.note(done.news)",
            ),
        ),
        (PAYMENTS, "-k", PART_PAYMENTS),
        ("does not say 200,00",),
    ),
    Sabotage(
        "the day of the event instead of the payment's",
        (
            Change(
                "workflows/payment_received/shown.py",
                "paid_on=paid_on(every, policy.clock),",
                "paid_on=policy.clock.date_of(workflow.now()) if paid_on(every, policy.clock) else None,",
            ),
        ),
        (PAYMENTS, "-k", ON_THE_31ST),
        ("does not show .*2026-11-01",),
    ),
    Sabotage(
        "a deal summed over one invoice",
        (Change("activities/payment/books.py", "return (self.money, *self.others)", "return (self.money,)"),),
        (PAYMENTS, "-k", SEVERAL),
        ("does not show .*2610.78",),
    ),
    Sabotage(
        "the older of two edits wins",
        (
            Change(
                "raccord/domain/contact/merge.py",
                "return Side.CRM if crm > billing else Side.BILLING",
                "return Side.CRM if crm < billing else Side.BILLING",
            ),
        ),
        (CONTACTS_ACTED_ON,),
        (r"(email|phone|town) of cus_\w+ is",),
    ),
    Sabotage(
        "what cannot be right is written",
        (
            Change(
                "raccord/domain/contact/merge.py",
                "if found := flaw(pair.sight(origin), field):",
                "if (found := flaw(pair.sight(origin), field)) and confirmed:",
            ),
        ),
        (CONTACTS_MERGED, "-k", STAYS),
        (f"FAILED .*{STAYS}",),
    ),
    Sabotage(
        "an echo taken for an edit",
        (
            Change(
                "raccord/domain/contact/agreed.py",
                "return Agreement(crm=meant, billing=meant, written=mark).saying(side, said)",
                "return Agreement(crm=meant, billing=meant, written=mark)",
            ),
        ),
        (CONTACTS_MERGED, "-k", NO_EDIT),
        (f"FAILED .*{NO_EDIT}",),
    ),
    Sabotage(
        "every field written with the one that was edited",
        (
            Change(
                "raccord/vendors/stripe/details.py",
                "return dict(values[field] for field in sorted(fields))",
                "return dict(values[field] for field in sorted({*fields, Field.LANGUAGE}))",
            ),
        ),
        (CONTACTS_ACTED_ON,),
        ("'preferred_locales",),
    ),
    Sabotage(
        "the new values put back",
        (
            Change(
                "workflows/contact_sync/steps.py",
                "changes=Changes(fields=fields, details=details, expected=found.details)",
                "changes=Changes(fields=fields, details=found.details, expected=found.details)",
            ),
        ),
        (CONTACTS_FLOW, "-k", PUT_BACK),
        (f"FAILED .*{PUT_BACK}",),
    ),
    Sabotage(
        "what is agreed stored before its write",
        (
            Change(
                "workflows/contact_sync/steps.py",
                "        after = await self._write(\n            target,",
                "        seen = pair.sight(target)\n"
                "        early = {e: written(pair, e, carrying.origin, seen, workflow.now()) "
                "for e in carrying.fields}\n"
                "        await self.agree({pair.company: early})\n"
                "        after = await self._write(\n            target,",
            ),
        ),
        (CONTACTS_FLOW, "-k", REFUSED),
        (f"FAILED .*{REFUSED}",),
    ),
    Sabotage(
        "what an earlier week told, counted again",
        (
            Change(
                "raccord/domain/report/reckoning.py",
                "if before is None and fact.week == self._week:",
                "if before is not None or fact.week == self._week:",
            ),
        ),
        (REPORT, "-k", NOTED_LATER),
        (f"FAILED .*{NOTED_LATER}",),
    ),
    Sabotage(
        "receivables without payments",
        (
            Change(
                "raccord/domain/report/facts.py",
                "owed = (each.owed for each in self.movements if",
                "owed = (max(each.owed, Decimal(0)) for each in self.movements if",
            ),
        ),
        (REPORT, "-k", TO_THE_CENT),
        (f"FAILED .*{TO_THE_CENT}",),
    ),
    Sabotage(
        "texts entered into cells as people type them",
        (
            Change(
                "raccord/vendors/google_sheets/cells.py",
                'return {"stringValue": cut(_said(cell, language), _LONGEST)}, _TEXT',
                "said = cut(_said(cell, language), _LONGEST)\n"
                '            return {"formulaValue" if said.startswith("=") else "stringValue": said}, _TEXT',
            ),
        ),
        (REPORT, "-k", IS_TEXT),
        (f"FAILED .*{IS_TEXT}",),
    ),
    Sabotage(
        "a mail for each run of a week",
        (
            Change(
                "activities/reporting/mailing.py",
                'key=f"report/{shown.week}",\n                to',
                'key=f"report/{shown.week}/{activity.info().workflow_run_id}",\n                to',
            ),
        ),
        (REPORT, "-k", AGAIN),
        (f"FAILED .*{AGAIN}",),
    ),
    Sabotage(
        "the week before now, and not that of the schedule",
        (
            Change(
                "workflows/weekly_report/flow.py",
                "at = workflow.info().typed_search_attributes.get(SCHEDULED) or workflow.now()",
                "at = workflow.now()",
            ),
        ),
        (REPORT_BROKEN, "-k", MISSED),
        (f"FAILED .*{MISSED}",),
    ),
)
UNHARMED = Sabotage(
    "none: the same tests, unharmed",
    (),
    (
        *crash_points(
            "|".join((LOOKUPS_STALE, "create VAT rate: worker dies before", AFTER_THE_MAIL, AFTER_THE_WRITE))
        ),
        f"{ENDINGS}::test_what_the_audit_saw_leave_is_never_mailed_again",
    ),
    (),
)
UNHARMED_PAYMENTS = Sabotage(
    "none: the same tests of payments, unharmed",
    (),
    (
        *(PAYMENTS, PAYMENTS_BROKEN, "--points", AFTER_SHOWING),
        *("-k", f"{PART_PAYMENTS} or {ON_THE_31ST} or {SEVERAL} or {DIES}"),
    ),
    (),
)
UNHARMED_CONTACTS = Sabotage(
    "none: the same tests of contacts, unharmed",
    (),
    (
        *(CONTACTS_ACTED_ON, CONTACTS_MERGED, CONTACTS_FLOW),
        *("-k", f"any_order or {STAYS} or {NO_EDIT} or {PUT_BACK} or {REFUSED}"),
    ),
    (),
)
UNHARMED_REPORT = Sabotage(
    "none: the same tests of the weekly report, unharmed",
    (),
    (
        *(REPORT, REPORT_BROKEN),
        *("-k", f"{NOTED_LATER} or {TO_THE_CENT} or {IS_TEXT} or {AGAIN} or {MISSED}"),
    ),
    (),
)


def copied(to: Path) -> Path:
    """Copy what git knows of the tree, as it is on the disk."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


def verdict(sabotage: Sabotage, log: Path) -> tuple[bool, str]:
    """Play one sabotage in a copy; return whether all is as it should be, and what became of it."""
    with tempfile.TemporaryDirectory(prefix="sabotage-") as name:
        tree = copied(Path(name))
        try:
            for change in sabotage.changes:
                change.apply(tree)
        except DoesNotApply as error:
            return False, f"does not apply: {error}"
        environment = os.environ | {"PYTHONPATH": str(tree)}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", *sabotage.tests],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    log.write_text(done.stdout + done.stderr, "utf-8")
    return judged(sabotage, done.returncode, done.stdout)


def judged(sabotage: Sabotage, status: int, output: str) -> tuple[bool, str]:
    """Say what a run proves: red for the reasons that were meant, or green when nothing was broken."""
    if not sabotage.changes:
        return status == 0, "green" if status == 0 else "RED without any sabotage: the others prove nothing"
    if status == 0:
        return False, "GREEN: nobody noticed"
    if status != 1:
        return False, f"the tests did not run (status {status})"
    missing = [reason for reason in sabotage.says if not re.search(reason, output)]
    return not missing, "red" if not missing else f"red, but nobody said {missing}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="a regular expression: the sabotages to play")
    parser.add_argument("--logs", type=Path, default=Path(tempfile.gettempdir()), help="where output is kept")
    given = parser.parse_args(arguments)
    all_well = True
    playing = (UNHARMED, UNHARMED_PAYMENTS, UNHARMED_CONTACTS, UNHARMED_REPORT, *SABOTAGES)
    for number, sabotage in enumerate(playing):
        if re.search(given.only, sabotage.name):
            log = given.logs / f"sabotage-{number}.log"
            well, said = verdict(sabotage, log)
            all_well &= well
            print(f"{'ok ' if well else 'BAD'}  {sabotage.name:<45} {said}  ({log})", flush=True)  # noqa: T201
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
