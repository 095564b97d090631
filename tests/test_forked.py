"""A forked command is a process like one that was started: its words, environment, session, log and end."""

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.forked import Forked, command
from tests.front_door.stack import answers, free_port, until
from tests.installed import ROOT
from tests.patience import patience

ORPHAN = """
import asyncio, sys
from pathlib import Path
from tests import forked

forked._FORKS.set_forkserver_preload([])

async def main() -> None:
    child = forked.Forked("sandbox", "sandbox", "--port", sys.argv[2], log=Path(sys.argv[1]), environment={})
    await child.start()
    print(child.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def gone(pid: int) -> bool:
    """Whether a process of another parent is there no more, or only until that parent has looked."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


async def test_what_a_command_says_and_how_it_ends_is_heard(tmp_path: Path) -> None:
    helped = await command("--help", environment={})
    assert (helped.returncode, helped.stderr) == (0, "")
    assert "doctor" in helped.stdout
    environment = {"RACCORD_CONFIG": str(tmp_path / "none.toml")}
    failed = await command("inbox", "list", environment=environment)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert "none.toml" in failed.stderr


async def test_each_is_a_process_of_its_own_that_a_kill_ends_alone(tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    urls = [f"http://127.0.0.1:{port}/_control/requests" for port in ports]
    both = [
        Forked("sandbox", "sandbox", "--port", str(port), log=tmp_path / f"{port}.log", environment={})
        for port in ports
    ]
    for each in both:
        await each.start()
    killed, other = both
    for each, url in zip(both, urls, strict=True):
        await until(partial(answers, url))
        assert os.getsid(each.pid) == each.pid != os.getpid()
    killed.kill()
    assert await asyncio.wait_for(killed.wait(), patience(10)) == -signal.SIGKILL
    assert (killed.running, other.running) == (False, True)
    assert await answers(urls[1])
    await other.stop()
    assert not other.running
    assert f"127.0.0.1:{ports[1]}" in other.last_words()
    assert other.log.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills children with their parent")
async def test_it_dies_with_the_tests_that_started_it(tmp_path: Path) -> None:
    tests = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ORPHAN, str(tmp_path / "log"), str(free_port())),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert tests.stdout
    pid = int(await asyncio.wait_for(tests.stdout.readline(), patience(30)))
    assert not gone(pid)
    tests.kill()
    await tests.wait()

    async def died() -> bool:
        return gone(pid)

    await until(died, what="the child is gone")
