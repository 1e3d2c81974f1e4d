"""An origin of keys for the probes of `issuers`: the lifetime that it states depends on the path."""
import http.server
import json
import threading

CACHING = {"none": None, "long": "max-age=86400", "short": "max-age=1"}


class KeyServer:
    """/none/jwks, /long/jwks and /short/jwks are sets with such a Cache-Control, /once/jwks answers
    the first request only and /hang/jwks none; metadata says that the keys are at `localhost`."""

    def __init__(self, keys):
        self.keys, self.asked, self.over = json.dumps({"keys": keys}), [], threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 64  # all issuers ask at once

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, request):
        kind = request.path.split("/")[1]
        is_first = not any(path == request.path for path, _ in self.asked)
        self.asked.append((request.path, {name.lower(): text for name, text in request.headers.items()}))
        body = self.keys
        if kind == ".well-known":
            jwks_uri = f"http://localhost:{self.port}/none/jwks"
            body = json.dumps({"issuer": self.url, "jwks_uri": jwks_uri})
        elif kind == "hang" or (kind == "once" and not is_first):
            self.over.wait(30)
            return
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        if caching := CACHING.get(kind):
            request.send_header("Cache-Control", caching)
        request.end_headers()
        request.wfile.write(body.encode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
