"""Postal addresses with an ISO country."""

import re

from raccord.domain.values.base import OneLine, Value, unaccented

_OVERSEAS_COUNTRIES = frozenset(("GP", "MQ", "GF", "RE", "PM", "YT", "BL", "MF", "TF", "WF", "PF", "NC"))
# Without the Pacific, where companies are registered otherwise.
_WITH_SIREN = frozenset(("FR", "GP", "MQ", "GF", "RE", "PM", "YT", "BL", "MF"))
_OVERSEAS_POSTAL_CODES = frozenset(
    ("971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988")
)
_FRENCH_POSTAL_CODE = re.compile(r"(?:(?:FR?|MC)-?)?((?!00)\d{5})", re.IGNORECASE)
_ARMY_POSTAL_CODE = re.compile(r"00[1-9]\d{2}|00\d[1-9]\d|00\d{2}[1-9]")
_ARMY = re.compile(r"\barmees\b")
_CEDEX = re.compile(r"\s*cedex(?:\s*[0-9]{1,2})?\s*", re.IGNORECASE)
_MONACO = "980"
# Without any, or as Ireland, where few use theirs.
_WITHOUT_POSTAL_CODES = frozenset(
    "AE AO BF BI BJ BS BW CD CF CG CI CM DJ GA GM GQ HK IE ML MO MR QA RW SC TG UG YE ZW".split()  # noqa: SIM905
)
# Canary Islands, Ceuta, Melilla; Livigno, Campione; Buesingen, Heligoland; Aland; Mount Athos.
_OUTSIDE_EU_VAT = {
    "DE": ("78266", "27498"),
    "ES": ("35", "38", "51", "52"),
    "FI": ("22",),
    "GR": ("63086",),
    "IT": ("22061", "23030", "23041"),
}
# How many digits a postal code has; Portugal's first four are enough there.
_DIGITS = {
    **dict.fromkeys("AT BE BG CH CY DK HU LU LV NL NO SI".split(), (4,)),  # noqa: SIM905
    **dict.fromkeys("CZ DE EE ES FI GR HR IT LT PL SE SK".split(), (5,)),  # noqa: SIM905
    "PT": (4, 7),
}
_FILLER = re.compile(
    "x{2,}|na|nc|nd|none|null|neant|inconnue?|unknown|tbd|todo|nonrenseignee?|acompleter|adefinir"
)


def says_nothing(text: str) -> bool:
    """Whether a mandatory field was filled to get past it: empty, `-`, `?`, `n/a`, `xxx`, `néant`."""
    letters = "".join(c for c in unaccented(text) if c.isalnum())
    return not letters or _FILLER.fullmatch(letters) is not None


class Address(Value):
    """A postal address. `country` is ISO 3166-1 alpha-2, or None when it could not be understood."""

    line1: OneLine = ""
    line2: OneLine = ""
    postal_code: OneLine = ""
    city: OneLine = ""
    region: OneLine = ""
    country: str | None = None

    @property
    def on_one_line(self) -> str:
        """`1 rue de la Paix, 75002 Paris, FR`."""
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.line1, self.line2, town, self.country) if part)

    @property
    def french_postal_code(self) -> str | None:
        """The five digits of a postal code of France or Monaco, also from `F-97 110` and `75379 CEDEX 08`.

        None when it is none, or none of the country's.
        """
        found = _FRENCH_POSTAL_CODE.fullmatch("".join(_CEDEX.sub("", self.postal_code).split()))
        if found is None or (self.country == "MC" and not found[1].startswith(_MONACO)):
            return None
        return found[1]

    @property
    def has_its_digits(self) -> bool:
        """Whether the postal code has as many digits as its country's have; of other countries nobody knows.

        France and Monaco have `french_postal_code`, which knows more.
        """
        wanted = _DIGITS.get(self.country or "")
        return wanted is None or sum(c.isdigit() for c in self.postal_code) in wanted

    @property
    def army_post(self) -> bool:
        """Whether this is the post of the French army, whose codes begin with 00 and are no place's."""
        words = unaccented(f"{self.line1} {self.line2} {self.city}")
        army = _ARMY.search(words) is not None
        code = _ARMY_POSTAL_CODE.fullmatch("".join(self.postal_code.split()))
        return self.country == "FR" and (army or code is not None)

    @property
    def needs_postal_code(self) -> bool:
        """Whether the country has postal codes at all."""
        return self.country not in _WITHOUT_POSTAL_CODES

    @property
    def without_filler(self) -> "Address":
        """The same without a postal code that says nothing, which would be printed."""
        return self.model_copy(update={"postal_code": ""}) if says_nothing(self.postal_code) else self

    @property
    def outside_eu_vat(self) -> bool:
        """Whether a member state other than France has this place outside the EU VAT territory.

        Directive 2006/112, article 6; told by postal code alone.
        """
        code = "".join(c for c in self.postal_code if c.isdigit())
        return code.startswith(_OUTSIDE_EU_VAT.get(self.country or "", ()))

    @property
    def metropolitan(self) -> bool:
        """Whether this is France without its territories overseas and without Monaco."""
        code = self.french_postal_code or ""
        return self.country == "FR" and bool(code) and not self.overseas and not self.monegasque

    @property
    def monegasque(self) -> bool:
        """Whether this is Monaco, whatever the country is called: no other place has its postal codes."""
        return self.country == "FR" and (self.french_postal_code or "").startswith(_MONACO)

    @property
    def registered_in_france(self) -> bool:
        """Whether a company here has a SIREN."""
        return self.country in _WITH_SIREN

    @property
    def overseas(self) -> bool:
        """Whether this is French soil overseas, where metropolitan VAT rates do not apply.

        Monaco (`980`) is not: it is part of the French VAT territory.
        """
        return self.country in _OVERSEAS_COUNTRIES or (
            self.country == "FR" and (self.french_postal_code or "")[:3] in _OVERSEAS_POSTAL_CODES
        )
