"""`raccord demo --pair pipedrive-pennylane`: a deal from Pipedrive to Pennylane, and its money back."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.front_door.stack import CODE
from tests.patience import patience

SOURCE = str(Path(__file__).parents[2])


@pytest.mark.timeout(300)
async def test_a_deal_of_pipedrive_is_invoiced_and_paid_in_pennylane(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    chosen = [part for name in ("ordinary", "payment", "refund") for part in ("--only", name)]
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CODE, "demo", "--pair", "pipedrive-pennylane", "--exit"),
        *("--json", str(results), *chosen),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": SOURCE},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(demo.communicate(), patience(240))
    assert demo.returncode == 0, said.decode()
    told = json.loads(results.read_text())
    assert told["pair"] == "pipedrive-pennylane"
    assert [(each["name"], each["ok"]) for each in told["scenarios"]] == [
        ("ordinary", True),
        ("payment", True),
    ]
    (left,) = told["left_out"]
    assert left["name"] == "refund"
    assert left["why"].startswith("Pennylane's pages do not say")
