"""The account as people read it."""

from typing import Any

from sandbox.pipedrive.account import Account
from sandbox.pipedrive.hooks import Notifier
from sandbox.pipedrive.records import Record

Json = dict[str, Any]


def shown(account: Account, notifier: Notifier) -> Json:
    """Every record with its custom values by name, deleted ones too."""
    settings = account.settings
    return {
        **{
            kind: [_record(account, each) for each in rows.values()] for kind, rows in account.records.items()
        },
        "discounts": list(account.discounts.values()),
        "installments": list(account.installments.values()),
        "stages": account.stages,
        "users": list(account.users.values()),
        "fields": {
            kind: [field.as_json() for field in fields.values() if field.custom]
            for kind, fields in account.fields.items()
        },
        "webhooks": [
            {name: value for name, value in hook.as_json(settings).items() if name != "http_auth_password"}
            for hook in notifier.all()
        ],
    }


def _record(account: Account, record: Record) -> Json:
    fields = account.fields.get(record.kind, {})
    custom = {
        fields[code].name: fields[code].shown_in_api(value, labels=True)
        for code, value in record.custom.items()
        if code in fields and value is not None
    }
    return {
        "id": record.id,
        **record.values,
        "custom": custom,
        "is_deleted": record.deleted is not None,
        "merged_into": record.merged_into,
    }
