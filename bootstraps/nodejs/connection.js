'use strict';

// The Runtime API over one keep-alive socket with hand-written framing. With Node's http client an environment answers
// half as many events, and starts later.

const connect = require('./socket.js').connect;

// Below this size one string holds a whole message; a larger body is encoded by itself, not copied.
const SMALL = 16 * 1024;

// Buffer.from and its like came with Node.js 4.5.
const encode = Buffer.alloc ? Buffer.from : Buffer;
const allocate = Buffer.allocUnsafe || Buffer;

// A Connection may carry the next request before the reply to the last has arrived: the server answers in order.
class Connection {
  constructor(address) {
    const colon = address.lastIndexOf(':');
    this.address = address;
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

  // expect has reply(status, headers, text) called with the answer to the request that the caller is about to send.
  expect(reply) {
    this.expected.push(reply);
  }

  get(path, reply) {
    this.expect(reply);
    this.hold();
    this.socket.write(this.firstLines('GET', path) + '\r\n');
  }

  // headers are whole lines, each with its line end.
  post(path, headers, body, reply) {
    this.expect(reply);
    this.hold();
    const start = this.firstLines('POST', path) + 'Content-Type: application/json\r\n' + headers + 'Content-Length: ';
    if (body.length < SMALL) {
      this.socket.write(start + Buffer.byteLength(body) + '\r\n\r\n' + body);
      return;
    }
    const bytes = encode(body);
    this.socket.write(start + bytes.length + '\r\n\r\n');
    this.socket.write(bytes);
  }

  firstLines(method, path) {
    return method + ' ' + path + ' HTTP/1.1\r\nHost: ' + this.address + '\r\n';
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
    const head = parseHead(chunk.toString('utf8', from, end));
    const body = end + 4;
    const after = body + Number(head.headers['content-length']);
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
    this.expected.shift()(head.status, head.headers, text);
  }
}

function parseHead(text) {
  const headers = {};
  let start = text.indexOf('\r\n');
  while (start >= 0) {
    const end = text.indexOf('\r\n', start + 2);
    const line = end < 0 ? text.slice(start + 2) : text.slice(start + 2, end);
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    start = end;
  }
  return { status: Number(text.slice(9, 12)), headers: headers };
}

// die ends the process for a reason that is not the function's.
function die(message) {
  require('fs').writeSync(2, 'sam: ' + message + '\n');
  process.exit(1);
}

Connection.die = die;
module.exports = Connection;
