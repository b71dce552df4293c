'use strict';

// The Runtime API over one keep-alive socket with hand-written framing. With Node's http client an environment answers
// half as many events, and starts later.

const connect = require('./socket.js').connect;

const NEXT = '/2018-06-01/runtime/invocation/next';

// Below this size one string holds a whole message; a larger body is encoded by itself, not copied.
const SMALL = 16 * 1024;

const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

// Buffer.from and its like came with Node.js 4.5.
const encode = Buffer.alloc ? Buffer.from : Buffer;
const allocate = Buffer.allocUnsafe || Buffer;

// A Connection may carry the next request before the reply to the last has arrived: the server answers in order.
class Connection {
  constructor(address) {
    const colon = address.lastIndexOf(':');
    this.host = ' HTTP/1.1\r\nHost: ' + address + '\r\n';
    this.nextRequest = this.firstLines('GET', NEXT) + '\r\n';
    this.expected = [];     // what to call with the replies to come
    this.rest = null;       // the beginning of a reply whose head is not complete
    this.head = null;       // of a reply whose body is not complete
    this.body = null;
    this.received = 0;      // bytes of that body

    this.socket = connect(address.slice(0, colon), Number(address.slice(colon + 1)), {
      data: (bytes, size) => this.read(bytes, size),
      failed: (message) => die('cannot connect to the Lambda Runtime API at ' + address + ': ' + message),
      closed: () => process.exit(), // the server is gone, and with it whoever could want a result
    });
    this.release();
  }

  // hold keeps the process alive for a reply. After release only the function itself does, so that one notices when it
  // has nothing left to do.
  hold() {
    this.socket.ref();
  }

  release() {
    this.socket.unref();
  }

  // expect has reply(status, head, text) called with the answer to the request that the caller is about to send.
  expect(reply) {
    this.expected.push(reply);
  }

  // next asks for the next event.
  next(onEvent) {
    this.expect(onEvent);
    this.hold();
    this.socket.write(this.nextRequest);
  }

  // headers are whole lines, each with its line end.
  post(path, headers, body, reply) {
    this.expect(reply);
    this.hold();
    if (body.length < SMALL) {
      this.socket.write(this.postHead(path, headers, Buffer.byteLength(body)) + body);
      return;
    }
    const bytes = encode(body);
    this.socket.write(this.postHead(path, headers, bytes.length));
    this.socket.write(bytes);
  }

  // postAndNext does both in one write. It is for a small body: that has left the process when this returns.
  postAndNext(path, body, reply, onEvent) {
    this.expect(reply);
    this.expect(onEvent);
    this.hold();
    this.socket.write(this.postHead(path, '', Buffer.byteLength(body)) + body + this.nextRequest);
  }

  postHead(path, headers, length) {
    return this.firstLines('POST', path) + 'Content-Type: application/json\r\n' + headers + 'Content-Length: ' + length + '\r\n\r\n';
  }

  firstLines(method, path) {
    return method + ' ' + path + this.host;
  }

  // read takes the next size bytes of the replies.
  read(chunk, size) {
    if (this.rest !== null) {
      chunk = Buffer.concat([this.rest, chunk.slice(0, size)]);
      size = chunk.length;
      this.rest = null;
    }
    let at = 0;
    while (at < size) at = this.head === null ? this.begin(chunk, at, size) : this.receive(chunk, at, size);
  }

  // begin and receive return up to where they have read. A reply that arrives whole, as nearly all do, is parsed where
  // it is.
  begin(chunk, from, size) {
    const end = chunk.indexOf('\r\n\r\n', from);
    // Bytes beyond size are left from an earlier read.
    if (end < 0 || end + 4 > size) {
      this.rest = Buffer.concat([chunk.slice(from, size)]);
      return size;
    }
    const head = chunk.toString('utf8', from, end);
    const body = end + 4;
    const after = body + Number(CONTENT_LENGTH.exec(head)[1]);
    if (after <= size) {
      this.reply(head, chunk.toString('utf8', body, after));
      return after;
    }
    this.head = head;
    this.body = allocate(after - body);
    this.received = 0;
    return body;
  }

  receive(chunk, from, size) {
    const copied = chunk.copy(this.body, this.received, from, size);
    this.received += copied;
    if (this.received === this.body.length) {
      const head = this.head;
      const body = this.body;
      this.head = null;
      this.body = null;
      this.reply(head, body.toString());
    }
    return from + copied;
  }

  reply(head, text) {
    this.expected.shift()(Number(head.slice(9, 12)), head, text);
  }
}

// An EventHead is what the headers of an event say. That every one has the same members, whatever its headers, makes
// them quick to read.
class EventHead {
  constructor(head) {
    this.requestId = undefined;
    this.deadline = undefined;
    this.functionArn = undefined;
    this.traceId = undefined;
    this.clientContext = undefined;
    this.identity = undefined;
    this.tenantId = undefined;

    let start = head.indexOf('\r\n');
    while (start >= 0) {
      const colon = head.indexOf(':', start);
      const end = head.indexOf('\r\n', colon);
      this.set(head.slice(start + 2, colon).toLowerCase(), head.slice(colon + 1, end < 0 ? head.length : end).trim());
      start = end;
    }
  }

  set(name, value) {
    switch (name) {
      case 'lambda-runtime-aws-request-id': this.requestId = value; break;
      case 'lambda-runtime-deadline-ms': this.deadline = value; break;
      case 'lambda-runtime-invoked-function-arn': this.functionArn = value; break;
      case 'lambda-runtime-trace-id': this.traceId = value; break;
      case 'lambda-runtime-client-context': this.clientContext = value; break;
      case 'lambda-runtime-cognito-identity': this.identity = value; break;
      case 'lambda-runtime-aws-tenant-id': this.tenantId = value; break;
    }
  }
}

// die ends the process for a reason that is not the function's.
function die(message) {
  require('fs').writeSync(2, 'sam: ' + message + '\n');
  process.exit(1);
}

Connection.die = die;
Connection.EventHead = EventHead;
Connection.SMALL = SMALL;
module.exports = Connection;
