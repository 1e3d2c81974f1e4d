"""The application behind the gateway: tells in JSON which request reached it, and who Signet says the user is."""
import http.server
import json

SHOWN = "x-auth-"  # the headers that Signet writes; never the token
BODY_MAX = 64 * 1024


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds for a silent connection

    def refuse(self, status):
        """Closes: what follows may be a body, and others' requests come over the same connection."""
        self.close_connection = True
        self.send_error(status)

    def answer(self):
        if "Transfer-Encoding" in self.headers:
            return self.refuse(411)
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_MAX:
            return self.refuse(413)
        self.rfile.read(int(length))
        user = {name.lower(): value for name, value in self.headers.items() if name.lower().startswith(SHOWN)}
        body = json.dumps({"method": self.command, "path": self.path, **dict(sorted(user.items()))}).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer


http.server.ThreadingHTTPServer(("127.0.0.1", 9000), Echo).serve_forever()
