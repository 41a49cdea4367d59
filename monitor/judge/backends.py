"""JudgeSettings → the models that do the judging."""

from __future__ import annotations

from pathlib import Path

from monitor.config import JudgeSettings
from monitor.errors import ConfigError
from monitor.judge.chat import ANSWER_WITHIN_S, ChatModel
from monitor.judge.folder import FolderModel
from monitor.judge.model import EmbeddedModel, Embedder, PairModel

DRAFTS_WITHIN_S = 300.0  # a part of an article and all its claims, by a local model on a laptop's processor


def open_model(settings: JudgeSettings, *, key: str | None) -> tuple[Embedder, PairModel]:
    """Open what finds the sentences (always the embedded model) and what scores them against the claims.

    key: the value of MONITOR_JUDGE_KEY, for a server that wants one; None or empty: there is none.
    Raises ConfigError if the backend lacks a setting, ModelError if a model cannot be loaded.
    """
    if settings.backend == "embedded":
        model = EmbeddedModel(threads=settings.threads)
        return model, model
    scorer = _open_folder(settings) if settings.backend == "folder" else _open_chat(settings, key or None)
    return EmbeddedModel(threads=settings.threads), scorer


def open_drafter(settings: JudgeSettings, *, key: str | None) -> ChatModel:
    """Open the server that drafts claims: the one of judge.url and judge.model, whatever the backend is.

    Raises ConfigError if one of them is missing.
    """
    return _open_chat(settings, key or None, answer_within_s=DRAFTS_WITHIN_S, wanted="drafting claims")


def _open_folder(settings: JudgeSettings) -> FolderModel:
    if not settings.path:
        raise ConfigError("judge.path is missing: backend folder needs the folder with the ONNX export.")
    return FolderModel(Path(settings.path), threads=settings.threads)


def _open_chat(
    settings: JudgeSettings,
    key: str | None,
    *,
    answer_within_s: float = ANSWER_WITHIN_S,
    wanted: str = "backend openai",
) -> ChatModel:
    if not settings.url or not settings.model:
        missing = "judge.url" if not settings.url else "judge.model"
        raise ConfigError(f"{missing} is missing: {wanted} needs the server's address and a model's name.")
    return ChatModel(
        settings.url, settings.model, key=key, threads=settings.threads, answer_within_s=answer_within_s
    )
