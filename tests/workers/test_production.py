"""What runs in production imports nothing of the extra `embedded`, and none of the simulators."""

import json
import sys
from pathlib import Path

from tests.installed import EXTRA, OURS, PRODUCTION, RACCORD, Installed

BLOCKED = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {EXTRA!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Absent())
"""


def test_nothing_of_production_imports_the_extra(tmp_path: Path) -> None:
    installed = Installed(Path(sys.executable), tmp_path)
    loaded = installed.run(f"{BLOCKED}{PRODUCTION}; print(*sys.modules)").stdout.split()
    assert "workers.run" in loaded
    assert [name for name in loaded if name.startswith(OURS)] == []
    done = installed.run(f"{BLOCKED}{RACCORD}", "doctor", "--json")
    assert json.loads(done.stdout)["mode"] == "TEST"
