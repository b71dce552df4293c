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
        self.size = 0  # how much of the buffer the next reply has filled already
        self.posted = None  # the path of what the server has yet to confirm
        self.next_request = self.head("GET", "invocation/next")

    def ask(self):
        """Asks for the first invocation."""
        self.send(self.next_request)

    def next(self):
        """The headers and the body of the invocation that was asked for, once there is one."""
        if self.posted:
            self.confirm()
        status, headers, body = self.receive()
        if status != "200":
            self.fail("invocation/next", status, body)
        return headers, body

    def answer(self, path, body, content_type):
        """Posts the result of an invocation and asks for the next one, in one go: the server answers in order."""
        self.post(path, body, content_type, following=self.next_request)

    def post(self, path, body, content_type="application/json", error_type=None, following=b""):
        fields = "Content-Type: %s\r\nContent-Length: %d\r\n" % (content_type, len(body))
        if error_type:
            fields += "Lambda-Runtime-Function-Error-Type: %s\r\n" % error_type
        self.posted = path
        self.send(self.head("POST", path, fields), body, following)

    def confirm(self):
        """Waits until the server has confirmed the post."""
        path, self.posted = self.posted, None
        status, _, answer = self.receive()
        if status != "202" and status != "413":  # too large: the server has told the caller
            self.fail(path, status, answer)

    def fail(self, path, status, answer):
        text = "sam: the Lambda Runtime API at %s answered %s to %s, which is a bug in sam: %s"
        sys.exit(text % (self.address, status, path, answer.decode("utf-8", "replace").strip()))

    def head(self, method, path, fields=""):
        text = "%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (method, path, self.address, fields)
        return text.encode("utf-8")

    def send(self, head, body=b"", following=b""):
        try:
            if len(body) < self.SMALL:
                self.socket.sendall(head + body + following)
            else:
                self.socket.sendall(head)
                self.socket.sendall(body)
                self.socket.sendall(following)
        except _socket.error:  # the server is gone, and this execution environment with it
            sys.exit(0)

    def receive(self):
        """The status, the headers by their names in lower case, and the body of the next reply."""
        buffer, view, size = self.buffer, self.view, self.size
        end = buffer.find(b"\r\n\r\n", 0, size)
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
        end = start + length
        if end <= len(buffer):
            while size < end:
                size += self.receive_into(view[size:])
            body = view[start:end]
        else:
            received, body = size - start, memoryview(bytearray(length))
            body[:received] = view[start:size]
            while received < length:
                received += self.receive_into(body[received:])
            size = end
        body = body.tobytes()
        self.size = size - end
        buffer[: self.size] = buffer[end:size]
        return lines[0].split(" ")[1], headers, body

    def receive_into(self, view):
        try:
            count = self.socket.recv_into(view)
        except _socket.error:
            count = 0
        if not count:  # closed: nobody wants this execution environment any more
            sys.exit(0)
        return count
