"""Answers → a real HTTP server on 127.0.0.1 that speaks the OpenAI chat API as far as a test needs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from monitor.records import Pair

Body = dict[str, Any]  # a request as JSON: the server's side of the border


@dataclass(slots=True)
class Asked:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: Body


@dataclass(slots=True)
class ChatServer:
    """What was asked, and how to answer. reply: gets the handler, which writes, and the request."""

    reply: Callable[[BaseHTTPRequestHandler, Asked], None]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def running(reply: Callable[[BaseHTTPRequestHandler, Asked], None]) -> Iterator[ChatServer]:
    """Run the server until the end of the block."""
    chat = ChatServer(reply)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            asked = Asked(self.path, dict(self.headers), json.loads(raw))
            chat.asked.append(asked)
            with suppress(OSError):  # a client that gives up is what some tests are about
                chat.reply(self, asked)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = False

        def handle_error(self, *_: object) -> None:
            """Say nothing about clients that hang up."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    chat.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    """Send a whole answer."""
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def says(content: str) -> Callable[[BaseHTTPRequestHandler, Asked], None]:
    """Answer every question with these words of the model."""
    return lambda handler, _asked: send(handler, 200, completion(content))


def completion(content: str) -> bytes:
    """Wrap a model's words as the API does."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps({"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice]}).encode()


def fenced_pair(asked: Asked) -> Pair:
    """Read the material out of a question, as a model would."""
    lines = asked.body["messages"][1]["content"].splitlines()
    mark = lines[0].removeprefix("BEGIN MATERIAL ")
    end = lines.index(f"END MATERIAL {mark}")
    data = dict(line.split(": ", 1) for line in lines[1:end])
    return Pair(json.loads(data["sentence"]), json.loads(data["claim"]))


def sensible(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    """Answer as a small honest model would: a longer sentence makes it surer, an empty one is unrelated."""
    sentence = fenced_pair(asked).premise
    quote = sentence[:12].strip()
    answer = {
        "label": "entailment" if quote else "neutral",
        "stance": "confirms" if quote else "unrelated",
        "confidence": round(0.5 + min(len(sentence), 400) / 1000, 3),
        "quote": quote,
    }
    send(handler, 200, completion(json.dumps(answer)))
