"""Every call about money: payments, intents, charges, refunds, disputes, balances, credit notes."""

from sandbox.stripe import (
    balance,
    bank,
    cash,
    charges,
    confirming,
    credit_notes,
    customer_balance,
    disputes,
    intents,
    money_fields,
    payments,
    records,
    refunds,
    rules,
)
from sandbox.stripe.operation import Operation
from sandbox.stripe.pages import PAGING

_INVOICED = (
    Operation("GET", "/v1/invoice_payments", "invoice_payment", payments.list_, money_fields.PAYMENT_LIST),
    Operation("GET", "/v1/invoice_payments/{id}", "invoice_payment", payments.retrieve),
    Operation(
        "POST",
        "/v1/payment_records/report_payment",
        "payment_record",
        records.report,
        money_fields.PAYMENT_RECORD,
        ("amount_requested", "initiated_at", "payment_method_details"),
    ),
    Operation(
        "POST",
        "/v1/credit_notes",
        "credit_note",
        credit_notes.create,
        money_fields.CREDIT_NOTE,
        ("invoice",),
        rules.credit_note,
    ),
    Operation("GET", "/v1/credit_notes", "credit_note", credit_notes.list_, money_fields.CREDIT_NOTE_LIST),
    Operation(
        "GET",
        "/v1/credit_notes/preview",
        "credit_note",
        credit_notes.preview,
        money_fields.CREDIT_NOTE,
        ("invoice",),
        rules.credit_note,
    ),
    Operation("POST", "/v1/credit_notes/{id}/void", "credit_note", credit_notes.void),
    Operation("GET", "/v1/credit_notes/{id}", "credit_note", credit_notes.retrieve),
    Operation("GET", "/v1/payment_records/{id}", "payment_record", records.retrieve),
    Operation(
        "POST",
        "/v1/payment_records/{id}/report_refund",
        "payment_record",
        records.report_refund,
        money_fields.RECORD_REFUND,
        ("outcome", "processor_details"),
    ),
)
_COLLECTED = (
    Operation(
        "POST",
        "/v1/payment_intents",
        "payment_intent",
        confirming.create,
        money_fields.INTENT,
        ("amount", "currency"),
        rules.payment_method,
    ),
    Operation("GET", "/v1/payment_intents", "payment_intent", intents.list_, money_fields.INTENT_LIST),
    Operation("GET", "/v1/payment_intents/{id}", "payment_intent", intents.retrieve),
    Operation(
        "POST", "/v1/payment_intents/{id}", "payment_intent", confirming.update, money_fields.INTENT_UPDATE
    ),
    Operation(
        "POST",
        "/v1/payment_intents/{id}/confirm",
        "payment_intent",
        confirming.confirm,
        money_fields.CONFIRM,
        (),
        rules.payment_method,
    ),
    Operation(
        "POST", "/v1/payment_intents/{id}/cancel", "payment_intent", confirming.cancel, money_fields.CANCEL
    ),
    Operation(
        "POST",
        "/v1/payment_intents/{id}/apply_customer_balance",
        "payment_intent",
        confirming.apply_customer_balance,
        money_fields.APPLY_BALANCE,
    ),
    Operation("GET", "/v1/charges", "charge", charges.list_, money_fields.CHARGE_LIST),
    Operation("GET", "/v1/charges/{id}", "charge", charges.retrieve),
    # stripe.md 6: charges and refunds are one row of the key's permissions.
    Operation("POST", "/v1/refunds", "charge", refunds.create, money_fields.REFUND, (), rules.refund),
    Operation("GET", "/v1/refunds", "charge", refunds.list_, money_fields.OF_CHARGE_LIST),
    Operation("GET", "/v1/refunds/{id}", "charge", refunds.retrieve),
    Operation("POST", "/v1/refunds/{id}", "charge", refunds.update, money_fields.REFUND_UPDATE),
    Operation("GET", "/v1/disputes", "dispute", disputes.list_, money_fields.OF_CHARGE_LIST),
    Operation("GET", "/v1/disputes/{id}", "dispute", disputes.retrieve),
    Operation("POST", "/v1/disputes/{id}", "dispute", disputes.update, money_fields.DISPUTE_UPDATE),
    Operation("POST", "/v1/disputes/{id}/close", "dispute", disputes.close),
)
_BALANCES = (
    Operation("GET", "/v1/balance", "balance", balance.retrieve_balance),
    Operation("GET", "/v1/balance_transactions", "balance", balance.list_, money_fields.BALANCE_LIST),
    Operation("GET", "/v1/balance_transactions/{id}", "balance", balance.retrieve),
    Operation(
        "POST",
        "/v1/customers/{id}/balance_transactions",
        "customer",
        customer_balance.create,
        money_fields.CREDIT,
        ("amount", "currency"),
    ),
    Operation(
        "GET",
        "/v1/customers/{id}/balance_transactions",
        "customer",
        customer_balance.list_,
        money_fields.CREDIT_LIST,
    ),
    Operation(
        "GET", "/v1/customers/{id}/balance_transactions/{transaction}", "customer", customer_balance.retrieve
    ),
    Operation("GET", "/v1/customers/{id}/cash_balance", "customer", cash.retrieve),
    Operation("GET", "/v1/customers/{id}/cash_balance_transactions", "customer", cash.list_, PAGING),
    Operation(
        "GET",
        "/v1/customers/{id}/cash_balance_transactions/{transaction}",
        "customer",
        cash.retrieve_transaction,
    ),
    Operation(
        "POST",
        "/v1/test_helpers/customers/{id}/fund_cash_balance",
        "customer",
        cash.fund,
        money_fields.TRANSFER,
        ("amount", "currency"),
    ),
)
_OUTSIDE = (
    Operation("POST", "/bank/debits/{id}", "bank", bank.debit, money_fields.DEBIT, outside=True),
    Operation("POST", "/bank/charges/{id}/dispute", "bank", bank.dispute, money_fields.DISPUTE, outside=True),
    Operation(
        "POST",
        "/bank/disputes/{id}",
        "bank",
        bank.decision,
        money_fields.DECISION,
        ("outcome",),
        outside=True,
    ),
    Operation("POST", "/bank/refunds/{id}", "bank", bank.refund, money_fields.REFUND_FATE, outside=True),
)
MONEY = (*_INVOICED, *_COLLECTED, *_BALANCES, *_OUTSIDE)
