"""The settings file as editors save it, as people misspell it, and where there is none."""

from importlib.resources import files
from pathlib import Path

import pytest

from raccord.settings.configuration import BadSettings, NoSettings
from raccord.settings.load import read
from tests.settings.written import CONNECTIONS, configuration

ROOT = Path(__file__).parents[2]


class TestNoFile:
    def test_a_named_file_that_is_missing_is_told_with_its_whole_path(self, tmp_path: Path) -> None:
        with pytest.raises(NoSettings, match=rf"^There is no settings file {tmp_path}/raccord\.toml\.$"):
            read(tmp_path / "raccord.toml")

    @pytest.mark.parametrize("named", ["", "elsewhere.toml"])
    def test_a_default_file_that_is_missing_is_told_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("RACCORD_CONFIG", named)
        monkeypatch.setenv("RACCORD_HUBSPOT__ACCESS_TOKEN", "pat-eu1-0000")
        monkeypatch.setenv("RACCORD_STRIPE__API_KEY", "rk_test_0000")
        with pytest.raises(NoSettings, match=rf"{tmp_path}/{named or 'raccord.toml'}\.$"):
            read()

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(BadSettings, match=r"cannot be read: Is a directory\.$"):
            read(tmp_path)


class TestEncodings:
    def test_a_mark_before_utf_8_is_skipped(self, tmp_path: Path) -> None:
        file = tmp_path / "raccord.toml"
        file.write_bytes(b"\xef\xbb\xbf" + f'company.name = "Société"\n{CONNECTIONS}'.encode())
        assert read(file).settings.company.name == "Société"

    def test_latin_1_is_told_with_its_line(self, tmp_path: Path) -> None:
        file = tmp_path / "raccord.toml"
        file.write_bytes('crm = "hubspot"\n[company]\nname = "Société"\n'.encode("latin-1"))
        with pytest.raises(
            BadSettings, match=r"raccord\.toml, line 3: the file is not UTF-8.* Save it as UTF-8"
        ):
            read(file)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
    def test_utf_16_is_told(self, tmp_path: Path, encoding: str) -> None:
        file = tmp_path / "raccord.toml"
        file.write_bytes(
            ("\ufeff" if encoding == "utf-16-le" else "").encode(encoding) + "a = 1".encode(encoding)
        )
        with pytest.raises(BadSettings, match=r"is saved as UTF-16\. Save it as UTF-8"):
            read(file)

    def test_a_slip_of_the_pen_is_told_with_its_line(self, tmp_path: Path) -> None:
        with pytest.raises(BadSettings, match=r"is not written as TOML: .* \(at line 2, column 6\)"):
            configuration(tmp_path, '[company]\nname "Ma Société"')


class TestMisspelt:
    @pytest.mark.parametrize(
        ("toml", "said"),
        [
            ("[vat]\nrate = [20]", r"^vat\.rate is not a setting of Raccord\. Did you mean rates\?"),
            ("[vta]\nrates = [20]", r"^vta is not a setting of Raccord\. Did you mean vat\?"),
            ("[einvoicing]\nform = 2027-01-01", r"^einvoicing\.form .* Did you mean from\?"),
            ('crm = "hubspt"', r"There is no vendor 'hubspt'.* Did you mean hubspot\?"),
            ("[desk]\nxyzzy = 1", r"^desk\.xyzzy .* Remove it or correct its spelling\."),
        ],
    )
    def test_what_was_meant_is_asked(self, tmp_path: Path, toml: str, said: str) -> None:
        with pytest.raises(BadSettings, match=said):
            configuration(tmp_path, toml)

    def test_also_deep_in_a_connection(self, tmp_path: Path) -> None:
        file = tmp_path / "raccord.toml"
        file.write_text(f'{CONNECTIONS}[hubspot.mapping.companies]\nsirn = "x"\n', "utf-8")
        with pytest.raises(BadSettings, match=r"hubspot\.mapping\.companies\.sirn .* Did you mean siren\?"):
            read(file)


def test_the_example_is_one_file_that_the_package_carries() -> None:
    carried = files("raccord.settings").joinpath("raccord.example.toml")
    assert carried.read_text("utf-8") == (ROOT / "raccord.example.toml").read_text("utf-8")
    assert Path(str(carried)).resolve() == ROOT / "raccord.example.toml"
