"""`raccord demo` stays up, and another shell works beside it with the file that it names."""

import asyncio
import json
import os
import re
import shlex
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sandbox.hubspot.person import HubSpotPerson
from tests.front_door.stack import CODE, until
from tests.patience import patience

INVALID_SIRET = "38990100028"
SOURCE = str(Path(__file__).parents[2])
RACCORD = f"{shlex.quote(sys.executable)} -c {shlex.quote(CODE)}"


@pytest.fixture
async def said(tmp_path: Path) -> AsyncIterator[str]:
    """What a demo prints once everything is running; it goes on running."""
    leftover = {"TEMPORAL_NAMESPACE": "theirs", "PYTHONPATH": SOURCE, "PYTHONUNBUFFERED": "1"}
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CODE, "demo", "--only", "outside-rollout"),
        cwd=tmp_path,
        env=os.environ | leftover,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert demo.stdout
    try:
        read = await asyncio.wait_for(demo.stdout.readuntil(b"starts afresh."), patience(120))
        yield read.decode()
    finally:
        if demo.returncode is None:
            demo.terminate()
        await asyncio.wait_for(demo.communicate(), patience(60))


async def in_another_shell(file: str, command: str) -> tuple[int, str]:
    """Run a command after reading the file, from another folder, with a stranger's variables around."""
    shell = await asyncio.create_subprocess_exec(
        *("sh", "-c", f". {file} && {RACCORD} {command}"),
        cwd="/",
        env=os.environ | {"PYTHONPATH": SOURCE, "TEMPORAL_ADDRESS": "127.0.0.1:1"},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(shell.communicate(), patience(60))
    return shell.returncode or 0, out.decode()


@pytest.mark.timeout(240)
async def test_another_shell_sees_the_question_with_the_file_that_the_demo_names(said: str) -> None:
    (file,) = re.findall(r"^  \. (\S+)$", said, re.MULTILINE)
    (vendors,) = re.findall(r"The vendors\s+(http://127\.0\.0\.1:\d+)/", said)
    assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600
    assert re.search(
        r"waits for a person\s+http://127\.0\.0\.1:\d+/namespaces/raccord/workflows\?query=", said
    )
    async with httpx.AsyncClient(base_url=vendors, trust_env=False, timeout=patience(20)) as http:
        await HubSpotPerson(http).win(INVALID_SIRET)
        page = (await http.get("/panels/hubspot.json")).json()

    async def listed() -> bool:
        status, out = await in_another_shell(file, "inbox list --json")
        assert status == 0
        return INVALID_SIRET in json.dumps(json.loads(out))

    await until(listed, what="the question is in the inbox of the other shell")
    (deal,) = [deal for deal in page["deals"] if deal["id"] == INVALID_SIRET]
    assert deal["links"][0]["href"].endswith(f"/workflows/deal-won%2Fhubspot%2F{INVALID_SIRET}")
