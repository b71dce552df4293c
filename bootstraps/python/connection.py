"""The Runtime API, over one connection with an HTTP framing of our own.

http.client takes longer to import than the interpreter to start, and allows a third of the invocations per second.
"""
import sys

import _socket

from .era import PY2


class RuntimeAPI(object):
    # Up to this size a request is sent in one piece; beyond it, joining the pieces costs more than sending two.
    SMALL = 65536

    def __init__(self, address):
        self.address = address
        host, _, port = address.rpartition(":")
        self.socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        self.socket.connect((host, int(port)))
        self.socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        if PY2:  # later versions keep descriptors from child processes by themselves
            import fcntl

            fcntl.fcntl(self.socket.fileno(), fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        self.buffer = bytearray(self.SMALL)
        self.view = memoryview(self.buffer)
        self.next_request = self.head("GET", "invocation/next")

    def next(self):
        """The headers and the body of the next invocation, once there is one."""
        status, headers, body = self.exchange(self.next_request)
        if status != "200":
            self.fail("invocation/next", status, body)
        return headers, body

    def post(self, path, body, content_type="application/json", error_type=None):
        fields = "Content-Type: %s\r\nContent-Length: %d\r\n" % (content_type, len(body))
        if error_type:
            fields += "Lambda-Runtime-Function-Error-Type: %s\r\n" % error_type
        status, _, answer = self.exchange(self.head("POST", path, fields), body)
        if status != "202" and status != "413":  # too large: the server has told the caller
            self.fail(path, status, answer)

    def fail(self, path, status, answer):
        text = "sam: the Lambda Runtime API at %s answered %s to %s, which is a bug in sam: %s"
        sys.exit(text % (self.address, status, path, answer.decode("utf-8", "replace").strip()))

    def head(self, method, path, fields=""):
        text = "%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (method, path, self.address, fields)
        return text.encode("utf-8")

    def exchange(self, head, body=b""):
        """Sends a request; returns the status, the headers by their names in lower case, and the body."""
        try:
            if len(body) < self.SMALL:
                self.socket.sendall(head + body)
            else:
                self.socket.sendall(head)
                self.socket.sendall(body)
            return self.receive()
        except _socket.error:  # the server is gone, and this execution environment with it
            sys.exit(0)

    def receive(self):
        buffer, view, size, end = self.buffer, self.view, 0, -1
        while end < 0:
            if size == len(buffer):
                sys.exit("sam: a reply of the Lambda Runtime API at %s has over 64 KiB of headers" % self.address)
            size += self.receive_into(view[size:])
            end = buffer.find(b"\r\n\r\n", 0, size)
        head = bytes(buffer[:end])
        lines = (head if PY2 else head.decode("utf-8", "replace")).split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        start, length = end + 4, int(headers.get("content-length", 0))
        received = size - start
        if start + length <= len(buffer):
            body = view[start : start + length]
        else:
            body = memoryview(bytearray(length))
            body[:received] = view[start:size]
        while received < length:
            received += self.receive_into(body[received:])
        return lines[0].split(" ")[1], headers, body.tobytes()

    def receive_into(self, view):
        count = self.socket.recv_into(view)
        if not count:  # closed: nobody wants this execution environment any more
            sys.exit(0)
        return count
