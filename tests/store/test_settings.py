from __future__ import annotations

from pathlib import Path

import pytest

from store.settings import SettingsError, load_settings, origin_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEADWAY_HOME", raising=False)
    return tmp_path


def test_the_environment_comes_before_the_file_and_the_file_before_the_default(folder: Path, monkeypatch) -> None:
    assert (load_settings().log_level, origin_of("log_level")) == ("info", "default")
    (folder / "headway.toml").write_text('log_level = "debug"\n')
    assert (load_settings().log_level, origin_of("log_level")) == ("debug", "headway.toml")
    monkeypatch.setenv("HEADWAY_LOG_LEVEL", "error")
    assert (load_settings().log_level, origin_of("log_level")) == ("error", "environment")


def test_a_secret_in_the_file_is_refused(folder: Path) -> None:
    (folder / "headway.toml").write_text('secret = "x"\n')
    with pytest.raises(SettingsError, match="environment"):
        load_settings()


@pytest.mark.parametrize("line", ['log_level = "loud"', "llm_budget_usd = -1", 'colour = "red"'])
def test_a_setting_that_cannot_be_used_is_named(folder: Path, line: str) -> None:
    (folder / "headway.toml").write_text(line + "\n")
    with pytest.raises(SettingsError, match=line.split(maxsplit=1)[0]):
        load_settings()


def test_a_secret_is_never_shown(monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hidden")
    assert "sk-hidden" not in repr(load_settings())
