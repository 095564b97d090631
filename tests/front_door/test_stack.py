"""What the lanes rest on."""

from pathlib import Path

from tests.front_door.stack import Lane, TemporalServer


def test_two_lanes_of_one_name_have_a_namespace_each(tmp_path: Path) -> None:
    server = TemporalServer(tmp_path)
    one, other = (Lane(server, tmp_path / each, "late") for each in ("one", "other"))
    assert one.namespace != other.namespace
    assert Lane(server, tmp_path / "third", "late", shared=one.namespace).namespace == one.namespace
