"""A receiver of triggers: it remembers what it was sent, and answers as a test tells it to."""

import json
import threading
from collections import defaultdict
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Delivery:
    path: str
    headers: Message
    body: bytes

    @property
    def fields(self) -> dict[str, Any]:
        return json.loads(self.body)


class Receiver:
    """Listens on a port of this machine from the beginning until `stop()`. A repository's calls are answered with the
    statuses of its script, then with 204."""

    def __init__(self) -> None:
        self._deliveries: list[Delivery] = []
        self._scripts: dict[str, list[int]] = defaultdict(list)
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver._receive(Delivery(self.path, self.headers, body))
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def script(self, repository: str, *statuses: int) -> None:
        self._scripts[repository] = list(statuses)

    def of(self, repository: str) -> list[Delivery]:
        """What was sent about `group/web`."""
        with self._lock:
            return [one for one in self._deliveries if one.fields["repository"] == repository]

    def paths(self) -> set[str]:
        with self._lock:
            return {one.path for one in self._deliveries}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _receive(self, delivery: Delivery) -> int:
        with self._lock:
            self._deliveries.append(delivery)
            script = self._scripts[delivery.fields["repository"]]
            return script.pop(0) if script else 204
