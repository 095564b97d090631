"""The deal pipelines of the account."""

from collections.abc import Iterable
from typing import Any

_STAMP = {"createdAt": "2024-09-02T08:00:00.000Z", "updatedAt": "2024-09-02T08:00:00.000Z", "archived": False}


def pipelines() -> list[dict[str, Any]]:
    """Deal pipelines; only the default one has speaking stage ids, and a won stage after the won one."""
    return [
        _pipeline(
            "default",
            "Ventes",
            (
                ("appointmentscheduled", "Rendez-vous planifié", "0.2"),
                ("qualifiedtobuy", "Besoin qualifié", "0.4"),
                ("presentationscheduled", "Démonstration faite", "0.6"),
                ("contractsent", "Devis envoyé", "0.9"),
                ("closedwon", "Gagné", "1.0"),
                ("218933907", "Payé", "1.0"),
                ("closedlost", "Perdu", "0.0"),
            ),
        ),
        _pipeline(
            "118524563",
            "Renouvellements",
            (
                ("218934001", "À renouveler", "0.5"),
                ("218934002", "Proposition envoyée", "0.8"),
                ("218934003", "Renouvelé", "1.0"),
                ("218934004", "Résilié", "0.0"),
            ),
        ),
    ]


def _pipeline(pipeline: str, label: str, stages: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "id": pipeline,
        "label": label,
        "displayOrder": 0 if pipeline == "default" else 1,
        "stages": [
            {
                "id": stage,
                "label": name,
                "displayOrder": place,
                "metadata": {"isClosed": str(odds in ("0.0", "1.0")).lower(), "probability": odds},
                "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
                **_STAMP,
            }
            for place, (stage, name, odds) in enumerate(stages)
        ],
        **_STAMP,
    }
