"""Countries as people type them."""

import pycountry
import pytest
from babel import Locale

from raccord.domain.values.countries import parse_country

NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("France", "FR"),
        ("FRANCE ", "FR"),
        ("fr", "FR"),
        ("Etats-Unis", "US"),
        ("États Unis", "US"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("Allemagne", "DE"),
        ("Deutschland", "DE"),
        ("GERMANY", "DE"),
        ("Alemania", "DE"),
        ("Royaume Uni", "GB"),
        ("UK", "GB"),
        ("Pays-Bas", "NL"),
        ("Hollande", "NL"),
        ("Corse", "FR"),
        ("France (métropolitaine)", "FR"),
        ("FR - France", "FR"),
        ("Tahiti", "PF"),
        ("Polynésie", "PF"),
        ("Grand-Duché de Luxembourg", "LU"),
        ("Cote d Ivoire", "CI"),
        ("Nederland", "NL"),
        ("Belgie", "BE"),
        ("Espagne", "ES"),
        ("espana", "ES"),
        ("Côte d'Ivoire", "CI"),
        ("cote d’ivoire", "CI"),
        ("La Réunion", "RE"),
        ("Monaco", "MC"),
        ("Suisse", "CH"),
        ("Corée\u00a0du  Sud", "KR"),
        ("Grèce", "GR"),
        ("EL", "GR"),
        ("République tchèque", "CZ"),
        ("Czech Republic", "CZ"),
        ("Grande-Bretagne", "GB"),
        ("Great Britain", "GB"),
        ("Angleterre", "GB"),
        ("England", "GB"),
        ("Écosse", "GB"),
        ("Irlande du Nord", "GB"),
        ("Northern Ireland", "GB"),
        ("The Netherlands", "NL"),
        ("Les Pays-Bas", "NL"),
        ("L'Allemagne", "DE"),
        ("République française", "FR"),
        ("United States of America", "US"),
        ("États-Unis d'Amérique", "US"),
        ("FRA", "FR"),
        ("DEU", "DE"),
        ("gbr", "GB"),
        ("CZE", "CZ"),
        ("NLD", "NL"),
        ("Turkey", "TR"),
        ("Ivory Coast", "CI"),
        ("Bosnia and Herzegovina", "BA"),
        ("Bosnie-Herzégovine", "BA"),
        ("Trinidad and Tobago", "TT"),
        ("Hong Kong", "HK"),
        ("UAE", "AE"),
        ("Émirats arabes unis", "AE"),
        ("U.K.", "GB"),
        ("U.S.", "US"),
        ("Île Maurice", "MU"),
        ("Guyane", "GF"),
        ("France métropolitaine", "FR"),
        ("FRANCE (FR)", "FR"),
        ("Germany / Deutschland", "DE"),
        ("England, UK", "GB"),
        ("Korea, Republic of", "KR"),
        ("Republic of Korea", "KR"),
        ("Democratic People's Republic of Korea", "KP"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Netherlands (Kingdom of the)", "NL"),
        ("Guinea, Equatorial", "GQ"),
        ("Congo", "CG"),
        ("RDC", "CD"),
        ("Democratic Republic of the Congo", "CD"),
        ("Russian Federation", "RU"),
        ("Republic of Moldova", "MD"),
        ("Kingdom of Saudi Arabia", "SA"),
        ("Royaume du Maroc", "MA"),
        ("Federal Republic of Germany", "DE"),
        ("United Kingdom of Great Britain and Northern Ireland", "GB"),
        ("St. Vincent and the Grenadines", "VC"),
        ("St Lucia", "LC"),
        ("Sao Tome and Principe", "ST"),
        ("Polska", "PL"),
        ("Česko", "CZ"),
        ("Magyarország", "HU"),
        ("Sverige", "SE"),
        ("Danmark", "DK"),
        ("Suomi", "FI"),
        ("Ελλάδα", "GR"),
        ("Hrvatska", "HR"),
        ("Lëtzebuerg", "LU"),
        ("日本", "JP"),
        ("中国", "CN"),
        ("المغرب", "MA"),
    ],
)
def test_a_country_is_understood_as_people_type_it(typed: str, code: str) -> None:
    assert parse_country(typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "-",
        "?",
        "Europe",
        "EU",
        "ZZ",
        "QO",
        "Paris",
        "75002",
        "Elbonia",
        "SUN",
        "The",
        "Les",
        "France / Belgique",
        "Georgia, USA",
        "R.U.",
        ".",
        "(",
    ],
)
def test_what_names_no_country_is_left_to_a_person(typed: str) -> None:
    assert parse_country(typed) is None


@pytest.mark.parametrize("language", ["fr", "en", "de", "es", "it", "nl"])
def test_a_name_in_one_language_never_means_another_country(language: str) -> None:
    for code, name in Locale(language).territories.items():
        if len(code) == 2 and code not in NOT_COUNTRIES:
            assert parse_country(name) == code, name


@pytest.mark.parametrize("kind", ["name", "common_name", "official_name", "alpha_2", "alpha_3"])
def test_what_iso_calls_a_country_is_that_country(kind: str) -> None:
    otherwise = {
        name: parse_country(name)
        for country in pycountry.countries
        if (name := getattr(country, kind, "")) and parse_country(name) != country.alpha_2
    }
    # The French call their territories overseas so.
    assert otherwise == ({"DOM": None, "COM": None} if kind == "alpha_3" else {})
