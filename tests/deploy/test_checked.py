"""What reads a deployment's files says that they are right, without any engine or cluster."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.files import DEPLOY, ROOT, compose, containers, manifests, tool, units

KUBERNETES = "1.34"


def test_the_dockerfile_is_clean() -> None:
    done = tool("hadolint", "--no-color", "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_dockerfile_needs_no_buildkit_and_ends_as_nobody_in_particular() -> None:
    said = (ROOT / "Dockerfile").read_text("utf-8")
    assert "# syntax=" not in said
    assert "--mount" not in said
    assert re.search(r"^USER 10001:10001$", said, re.MULTILINE)


def test_compose_takes_its_file() -> None:
    done = tool("docker-compose", "--file", "docker-compose.yml", "--profile", "test", "config", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")


def test_every_service_says_its_version_and_can_be_pinned() -> None:
    for name, service in compose()["services"].items():
        found = re.fullmatch(r"\$\{[A-Z_]+_IMAGE:-(.+)\}", service["image"])
        assert found, name
        assert re.search(r":(?!latest$)[\w.-]+$", found[1]), name


def test_nothing_is_published_beyond_loopback() -> None:
    published = [port for service in compose()["services"].values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_what_is_not_a_database_cannot_write_its_own_image_and_has_no_rights() -> None:
    for name, service in compose()["services"].items():
        assert "no-new-privileges:true" in service["security_opt"], name
        if name != "postgresql":
            assert service["cap_drop"] == ["ALL"], name
            assert service["read_only"] is True, name


def test_what_compose_hands_over_is_in_the_repository_or_refused_where_it_is_missing() -> None:
    """Of a path that is not there the short form makes a folder, and the container fails for it."""
    for name, service in compose()["services"].items():
        for volume in service.get("volumes", []):
            if isinstance(volume, dict):
                assert volume["bind"] == {"create_host_path": False}, name
            elif volume.startswith("."):
                assert (ROOT / volume.partition(":")[0]).exists(), name


def test_temporal_says_by_which_address_it_is_reached() -> None:
    """Listening everywhere, it refuses to start without one; its image's own script finds one out."""
    assert compose()["services"]["temporal"]["environment"]["BIND_ON_IP"] == "0.0.0.0"  # noqa: S104
    said = (DEPLOY / "temporal" / "start.sh").read_text("utf-8")
    assert said.splitlines()[-1] == "exec /etc/temporal/entrypoint.sh"


def test_postgresql_is_healthy_once_others_reach_it() -> None:
    """The server that makes its data the first time answers on the socket alone, and ends; it may fail."""
    asked = compose()["services"]["postgresql"]["healthcheck"]["test"]
    made = (DEPLOY / "postgres" / "databases.sh").read_text("utf-8")
    *_, last = re.findall(r"^create database (\w+)", made, re.MULTILINE)
    assert {"psql", "--host=127.0.0.1", f"--dbname={last}"} <= set(asked)


def test_a_folder_in_memory_is_tmp() -> None:
    """Another keeps the mode of the image's own folder there, whatever is asked for, under older engines."""
    for name, service in compose()["services"].items():
        assert all(place.startswith("/tmp:") for place in service.get("tmpfs", [])), name  # noqa: S108


def test_the_web_ui_writes_into_no_flow() -> None:
    """It cannot seal what it writes."""
    set_to = compose()["services"]["temporal-ui"]["environment"]
    for what in ("WORKFLOW_SIGNAL", "WORKFLOW_UPDATE", "START_WORKFLOW"):
        assert set_to[f"TEMPORAL_{what}_DISABLED"] == "true"


@pytest.mark.parametrize(("file", "manifest"), list(manifests()), ids=lambda part: str(part)[:40])
def test_kubernetes_knows_every_field(file: str, manifest: Any) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


@pytest.mark.parametrize("folder", ["base", "autoscaling"])
def test_kustomize_puts_it_together(folder: str) -> None:
    done = tool("kubectl", "kustomize", str(DEPLOY / "kubernetes" / folder))
    assert done.returncode == 0, done.stderr
    made = list(yaml.safe_load_all(done.stdout))
    (worker,) = [m for m in made if m["kind"] == "Deployment" and m["metadata"]["name"] == "raccord-worker"]
    assert ("replicas" in worker["spec"]) is (folder == "base")
    assert (
        worker["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example.com/raccord:0.1.0"
    )


def test_a_container_of_ours_is_nobody_and_writes_nowhere_but_in_its_two_places() -> None:
    found = list(containers())
    assert len(found) == 3
    for container in found:
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        written = {m["mountPath"] for m in container["volumeMounts"] if not m.get("readOnly")}
        assert written == {"/var/lib/raccord", "/tmp"}  # noqa: S108 - a path in the container


def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    for unit in units():
        said = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text("utf-8"), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(said, "utf-8")
    for unit in units():
        name = unit.name.replace("@.", "@1.")
        (tmp_path / name).write_text((tmp_path / unit.name).read_text("utf-8"), "utf-8")
        done = tool("systemd-analyze", "verify", "--man=no", str(tmp_path / name))
        ours = [line for line in done.stderr.splitlines() if unit.stem.rstrip("@") in line]
        assert ours == []


@pytest.mark.parametrize("script", sorted(DEPLOY.rglob("*.sh")), ids=lambda path: path.name)
def test_the_shell_takes_every_script(script: Path) -> None:
    assert tool("sh", "-n", str(script)).stderr == ""
    assert script.stat().st_mode & 0o111
