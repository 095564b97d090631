"""Users, currencies, kinds of activities, pipelines, and what changed (pipedrive.md 0, 1 and 4)."""

from sandbox.pipedrive.call import Call, ok, plain_page
from sandbox.pipedrive.errors import Json, Refused

_CURRENCIES = (
    ("EUR", "Euro", 2, "€"),
    ("USD", "US Dollar", 2, "$"),
    ("GBP", "British Pound", 2, "£"),
    ("CHF", "Swiss Franc", 2, "CHF"),
    ("JPY", "Japanese Yen", 0, "¥"),
)
CODES = tuple(row[0] for row in _CURRENCIES)


def me(call: Call) -> Json:
    """Whose token it is, and of which company."""
    call.done()
    settings = call.settings
    company = {
        "company_id": settings.company,
        "company_name": "Hexalab",
        "company_domain": settings.domain,
        "company_country": "FR",
        "company_industry": "IT Services",
        "language": {"language_code": "fr", "country_code": "FR"},
    }
    return ok({**_user(call, call.by.user), **company})


def users(call: Call) -> Json:
    call.done()
    return ok([_user(call, id_) for id_ in call.account.users])


def user(call: Call) -> Json:
    call.done()
    if call.id() not in call.account.users:
        message = "User not found or not accessible."
        raise Refused(404, message, whole={"success": False, "error": message})
    return ok(_user(call, call.id()))


def currencies(call: Call) -> Json:
    term = (call.text("term") or "").casefold()
    call.done()
    rows = [
        {
            "id": place,
            "code": code,
            "name": name,
            "decimal_points": decimals,
            "symbol": symbol,
            "active_flag": True,
            "is_custom_flag": False,
        }
        for place, (code, name, decimals, symbol) in enumerate(_CURRENCIES, 1)
        if term in f"{code} {name}".casefold()
    ]
    return ok(rows)


def activity_types(call: Call) -> Json:
    call.done()
    return ok(call.account.activity_types)


def pipelines(call: Call) -> Json:
    return _ordered(call, call.account.pipelines, ("id", "update_time", "add_time"))


def stages(call: Call) -> Json:
    wanted = call.number("pipeline_id")
    found = [each for each in call.account.stages if wanted in (None, each["pipeline_id"])]
    return _ordered(call, found, ("id", "update_time", "add_time", "order_nr"))


def changelog(call: Call) -> Json:
    """What changed in a record, the newest first (spec v1, /deals/{id}/changelog)."""
    kind = {"deals": "deal", "organizations": "organization", "persons": "person"}[call.place["kind"]]
    record = call.account.find(kind, call.id(), call.by, deleted=True)
    found = [each for each in call.account.changes[::-1] if (each["kind"], each["id"]) == (kind, record.id)]
    rows, following = plain_page(call, found)
    shown = [{name: value for name, value in row.items() if name not in ("kind", "id")} for row in rows]
    return ok(shown, additional_data={"next_cursor": following})


def _ordered(call: Call, rows: list[Json], sorts: tuple[str, ...]) -> Json:
    by = call.choice("sort_by", sorts, "id")
    downwards = call.choice("sort_direction", ("asc", "desc"), "asc") == "desc"
    chosen, following = plain_page(call, sorted(rows, key=lambda row: row[by], reverse=downwards))
    return ok(chosen, additional_data={"next_cursor": following})


def _user(call: Call, id_: int) -> Json:
    return {**call.account.users[id_], "is_you": id_ == call.by.user}
