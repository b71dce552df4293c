#!/usr/bin/env python3
"""An extension that subscribes to the Telemetry API and prints what it gets."""
import http.server
import json
import os
import threading
import urllib.request

NAME = os.path.basename(__file__)
API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"]


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        for event in json.loads(self.rfile.read(int(self.headers["Content-Length"]))):
            print("collected", event["type"], json.dumps(event["record"]), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def call(method, path, body=None, **headers):
    headers = {"Lambda-Extension-" + name: value for name, value in headers.items()}
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(API + path, data, headers, method=method))


# sandbox.localdomain is not resolved: the host need not know it.
server = http.server.HTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=server.serve_forever, daemon=True).start()

identifier = call("POST", "/2020-01-01/extension/register", {"events": ["INVOKE", "SHUTDOWN"]}, Name=NAME).headers["Lambda-Extension-Identifier"]
call("PUT", "/2022-07-01/telemetry", {
    "schemaVersion": "2022-12-13",
    "types": ["platform", "function"],
    "buffering": {"timeoutMs": 25},
    "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:%d" % server.server_port},
}, Identifier=identifier)
while json.load(call("GET", "/2020-01-01/extension/event/next", Identifier=identifier))["eventType"] != "SHUTDOWN":
    pass
