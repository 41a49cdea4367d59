"""Which models the settings open."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import JudgeSettings
from monitor.errors import ConfigError, ModelError
from monitor.judge.backends import open_model
from monitor.records import Pair
from tests.judge.chat_server import running, sensible
from tests.judge.tiny_export import write_export


def test_the_default_is_one_embedded_model_for_both_jobs() -> None:
    """No key, no download, and the weights are loaded once."""
    embedder, model = open_model(JudgeSettings(), key=None)
    assert id(embedder) == id(model)
    assert model.name.startswith("embedded-")


def test_a_folder_scores_while_the_embedded_model_still_finds(tmp_path: Path) -> None:
    """Vectors always come from the embedded model, so that a change of judge embeds nothing again."""
    write_export(tmp_path)
    embedder, model = open_model(JudgeSettings(backend="folder", path=str(tmp_path)), key=None)
    assert embedder.name.startswith("embedded-")
    assert model.name.startswith("folder-")


@pytest.mark.parametrize(
    ("key", "sent"), [("k-1", "Bearer k-1"), (" k-2\n", "Bearer k-2"), ("", None), (None, None)]
)
def test_a_server_gets_the_key_if_there_is_one(key: str | None, sent: str | None) -> None:
    """A key that was pasted with a line end works; an empty variable is no key."""
    with running(sensible) as chat:
        settings = JudgeSettings(backend="openai", url=chat.url, model="small")
        embedder, model = open_model(settings, key=key)
        model.score([Pair("It rained.", "It snowed.")])
    assert embedder.name.startswith("embedded-")
    assert chat.asked[0].headers.get("Authorization") == sent


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (JudgeSettings(backend="folder"), "judge.path is missing"),
        (JudgeSettings(backend="folder", path=""), "judge.path is missing"),
        (JudgeSettings(backend="openai"), "judge.url is missing"),
        (JudgeSettings(backend="openai", model="small"), "judge.url is missing"),
        (JudgeSettings(backend="openai", url="http://127.0.0.1:1/v1"), "judge.model is missing"),
        (
            JudgeSettings(backend="openai", url="http://me:word@127.0.0.1:1/v1", model="m"),
            "MONITOR_JUDGE_KEY instead",
        ),
    ],
)
def test_settings_that_cannot_be_meant_stop_the_start(settings: JudgeSettings, says: str) -> None:
    """The line names the setting; it never repeats a word that may be secret."""
    with pytest.raises(ConfigError, match=says) as caught:
        open_model(settings, key=None)
    assert "word" not in str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The line says which folder was meant."""
    with pytest.raises(ModelError, match="nowhere: no such folder"):
        open_model(JudgeSettings(backend="folder", path=str(tmp_path / "nowhere")), key=None)
