"""VAT codes, currencies and the other words that Pennylane knows (company-v2.openapi.json, enumerations).

A VAT code is the country and tenths of a percent: `FR_55` is 5.5 % (pennylane.md 1.3); where there is a
second underscore, whole percents before it: `FR_1_05` is 1.05 %.
"""

from decimal import Decimal

_BY_COUNTRY = {
    "FR": "1_05 1_75 09 21 40 50 55 60 65 85 92 100 130 15_385 160 196 200",
    "AD": "10 45 95",
    "AT": "100 130 190 200",
    "BE": "60 120 210",
    "BG": "90 200",
    "CH": "25 37 77 26 38 81",
    "CY": "30 50 80 90 190",
    "CZ": "100 120 150 210",
    "DE": "70 190 70_BU0002 190_BU0003 70_BU0008 190_BU0009 190_electronic_BU0226",
    "DK": "250",
    "EE": "90 200 220 240",
    "ES": "40 70 100 210",
    "FI": "100 135 140 240 255",
    "GB": "50 200",
    "GR": "60 130 170 240 40",
    "HR": "50 130 250",
    "HU": "50 180 270",
    "IE": "48 90 135 210 230",
    "IT": "40 50 100 220",
    "LT": "50 90 120 210",
    "LU": "30 70 80 120 130 140 160 170",
    "LV": "50 120 210",
    "MC": "09 21 55 85 100 200",
    "MT": "50 70 120 180",
    "MU": "150",
    "NL": "90 210",
    "NO": "120 150 250",
    "PL": "50 80 230",
    "PT": "60 130 160 180 220 230",
    "RO": "50 90 110 190 210",
    "SE": "60 120 250",
    "SI": "50 95 220",
    "SK": "50 100 190 200 230",
}
_WITHOUT_VAT = (
    "exempt extracom crossborder mixed intracom_21 intracom_55 intracom_85 intracom_100 FR_85_construction "
    "FR_100_construction FR_200_construction DE_intracom_70_BU0012 DE_intracom_190_BU0013 "
    "DE_intracom_exempt_BU0011 DE_intracom_exempt_BU0047 DE_exempt_BU0001 DE_exempt_BU0181 DE_exempt_BU0490 "
    "DE_intracom_70_BU0018 DE_intracom_190_BU0019 DE_intracom_190_BU0506 DE_extracom_BU0173 "
    "DE_extracom_BU0191 DE_extracom_190_BU0511 DE_exempt_construction_BU0046 DE_70_construction_BU0091 "
    "DE_190_construction_BU0094 DE_190_construction_BU0526 DE_190_construction_BU0546"
)
"""The customer owes it, or nobody does: nothing is added to the price."""


def _percent(code: str) -> Decimal:
    first, _, rest = code.partition("_")
    return Decimal(f"{first}.{rest}") if rest.isdecimal() else Decimal(first) / 10


VAT = {
    f"{country}_{code}": _percent(code) for country, codes in _BY_COUNTRY.items() for code in codes.split()
} | dict.fromkeys(_WITHOUT_VAT.split(), Decimal(0))
"""Percent by code. `any`, which filters know, is on no line (pennylane.md 1.3)."""

_CURRENCIES = (
    "EUR USD GBP AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN "
    "BWP BYN BYR BZD CAD CDF CHE CHF CLF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB FJD "
    "FKP GEL GGP GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS IMP INR IQD IRR ISK JEP JMD JOD JPY "
    "KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO "
    "MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB "
    "RWF SAR SBD SCR SDG SEK SGD SHP SLL SLE SOS SRD STD SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS "
    "UAH UGX UYU UZS VEF VND VUV WST XAF XCD XDR XOF XPF YER ZAR ZMK ZMW ZWL"
)
CURRENCIES = frozenset(_CURRENCIES.split())
LANGUAGES = ("fr_FR", "en_GB", "de_DE")
_CONDITIONS = (
    "upon_receipt custom 7_days 15_days 30_days 30_days_end_of_month 45_days 45_days_end_of_month 60_days"
)
PAYMENT_CONDITIONS = tuple(_CONDITIONS.split())
_PAYMENTS = (
    "initiated pending emitted found not_found aborted error refunded prepared pending_customer_approval "
    "pending_submission submitted confirmed paid_out cancelled customer_approval_denied failed charged_back "
    "resubmission_requested draft"
)
PAYMENTS = tuple(_PAYMENTS.split())
RECEIVED = ("found", "confirmed", "paid_out")
"""The statuses in which a payment counts (no page says which do)."""
_E_INVOICING = "accepted approved collected in_dispute partially_collected refused rejected sent submitted"
E_INVOICING = tuple(_E_INVOICING.split())
