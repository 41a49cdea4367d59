"""Sentence × claim → PairScores: ask any server that speaks the OpenAI chat API."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import monotonic
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from monitor.errors import ConfigError, ModelError
from monitor.judge.prompt import ANSWER_SCHEMA, messages, parse_answer, prompt_version
from monitor.records import Pair, PairScores

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 60.0  # a local model on a laptop's processor writes its 60 words in 10 to 40 s
_MAX_BODY_BYTES = 1_000_000  # an answer is 1 kB; a server that thinks aloud sends some 100
_HINTS = {
    300: "Set judge.url to where it points.",
    400: "The server does not take this request; check judge.model.",
    401: "Set MONITOR_JUDGE_KEY to a key that this server takes.",
    403: "Set MONITOR_JUDGE_KEY to a key that may use this model.",
    404: "Check judge.url and judge.model.",
    429: "The server asks for fewer requests; the next round tries again.",
}


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class ChatModel:
    """A PairModel behind a server: it answers in a fixed form, and its quote must stand in the sentence.

    Proxies and redirects are not followed. There is no second try: the next round is the second try. Only where a
    server refuses the fixed form itself is the same question put once without it.
    """

    def __init__(
        self, url: str, model: str, *, key: str | None, threads: int, answer_within_s: float = ANSWER_WITHIN_S
    ) -> None:
        """Note where to ask; nothing is sent yet.

        url: the address before /chat/completions, such as http://127.0.0.1:8080/v1. key: sent as a bearer token,
        never written to errors or logs. threads: questions at once. answer_within_s: for one whole answer.
        Raises ConfigError if the address or the key cannot be used.
        """
        self._secure, self._host, self._port, self._target = _parse_url(url)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {_checked_key(key)}"
        self._model, self._threads, self._answer_within_s = model, threads, answer_within_s
        self._where = f"{self._host}:{self._port}"
        self.name = f"chat-{model}-{prompt_version()}"

    def score(self, pairs: Sequence[Pair]) -> list[PairScores]:
        """Ask for each pair, a few at once; the same order. The first failure ends it, as a ModelError."""
        if not pairs:
            return []
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._score_one, pairs))

    def ask(self, question: Sequence[Mapping[str, str]], *, form: str, schema: Mapping[str, object]) -> str:
        """Put one question and return the model's words. form: a name for the schema its answer should have.

        Raises ModelError if there is no answer of the chat API.
        """
        asked = {"model": self._model, "temperature": 0, "messages": question}
        fixed_form = {"type": "json_schema", "json_schema": {"name": form, "strict": True, "schema": schema}}
        status, body = self._post(asked | {"response_format": fixed_form})
        if status in (400, 422, 501) and (b"response_format" in body or b"json_schema" in body):
            status, body = self._post(asked)
        if status != 200:
            hint = _HINTS.get(status) or _HINTS.get(status // 100 * 100, "See the server's log.")
            raise ModelError(f"{self._where}: the model's server answered {status}. {hint}")
        try:
            return _Completion.model_validate_json(body).choices[0].message.content
        except ValidationError:
            raise ModelError(f"{self._where}: not an answer of the OpenAI chat API. Check judge.url.") from None

    def _score_one(self, pair: Pair) -> PairScores:
        started = monotonic()
        words = self.ask(messages(pair), form="judgement", schema=ANSWER_SCHEMA)
        try:
            scores = parse_answer(words, pair)
        except ModelError as error:
            raise ModelError(f"{self._where}, {self._model}: {error}.") from None
        log.debug("pair asked model=%s s=%.1f", self._model, monotonic() - started)
        return scores

    def _post(self, question: Mapping[str, object]) -> tuple[int, bytes]:
        """Return status and body. A deadline over the whole request: a slow drip never trips a read time-out."""
        connection = (HTTPSConnection if self._secure else HTTPConnection)(
            self._host, self._port, timeout=self._answer_within_s
        )
        expired = threading.Event()
        try:
            connection.connect()
            with _cut_off(connection.sock, self._answer_within_s, expired):
                connection.request("POST", self._target, json.dumps(question).encode(), self._headers)
                with connection.getresponse() as response:
                    status, body = response.status, response.read(_MAX_BODY_BYTES + 1)
        except (OSError, HTTPException) as error:
            why = "timed out" if expired.is_set() or isinstance(error, TimeoutError) else type(error).__name__
            raise ModelError(
                f"{self._where}: no answer from the model's server ({why}). Is it running?"
            ) from error
        finally:
            connection.close()
        if expired.is_set():
            raise ModelError(f"{self._where}: no whole answer within {self._answer_within_s:g} s.")
        if len(body) > _MAX_BODY_BYTES:
            raise ModelError(f"{self._where}: the answer is larger than {_MAX_BODY_BYTES:,} bytes; not read.")
        return status, body


@contextmanager
def _cut_off(sock: socket.socket, after_s: float, expired: threading.Event) -> Iterator[None]:
    """Shut the connection down after a while, whatever it is doing."""

    def cut() -> None:
        expired.set()
        with suppress(OSError):  # the server was faster and closed it
            # Not SSLSocket.shutdown: it takes the TLS state away from under the thread that reads.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(after_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _parse_url(url: str) -> tuple[bool, str, int, str]:
    """Return whether TLS is used, host, port and the path to post to."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise ConfigError("judge.url: not an address; write one such as http://127.0.0.1:8080/v1.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isascii():
        raise ConfigError("judge.url: write an address that starts with http:// or https://.")
    if parts.username is not None or parts.password is not None:
        raise ConfigError("judge.url: holds a user name; put the key into MONITOR_JUDGE_KEY instead.")
    target = f"{parts.path.rstrip('/')}/chat/completions" + (f"?{parts.query}" if parts.query else "")
    return parts.scheme == "https", parts.hostname, port, target


def _checked_key(key: str) -> str:
    stripped = key.strip()
    if not stripped.isascii() or not stripped.isprintable() or " " in stripped or not stripped:
        raise ConfigError("MONITOR_JUDGE_KEY: is empty or holds characters that no key has; set it again.")
    return stripped
