"""The stock HTTP server with a handler behind it: what the reference proxy stands in front of."""
import http.server
import sys

sys.dont_write_bytecode = True  # beside the code, where sam would take it for a change
sys.path.insert(0, sys.argv[1])
import app


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one write: a second one would wait for the acknowledgement of the first

    def do_GET(self):
        result = app.handler({"httpMethod": "GET", "path": self.path}, None)
        body = result["body"].encode()
        self.send_response(result["statusCode"])
        for name, value in result["headers"].items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code="-", size="-"):
        """Leaves the log to the handler."""


sys.stdout.reconfigure(line_buffering=True)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("Running on http://127.0.0.1:%d" % server.server_port)
server.serve_forever()
