'use strict';

// The Runtime API over one keep-alive socket with hand-written framing. With Node's http client an environment answers
// half as many events, and starts later.

const connect = require('./socket.js').connect;

// Below this size one string holds a whole message; a larger body is encoded by itself, not copied.
const SMALL = 16 * 1024;

// Buffer.from and its like came with Node.js 4.5.
const encode = Buffer.alloc ? Buffer.from : Buffer;
const allocate = Buffer.allocUnsafe || Buffer;

// A Connection carries one request at a time: the next may be sent once the reply to the last has arrived.
class Connection {
  constructor(address) {
    const colon = address.lastIndexOf(':');
    this.address = address;
    this.onReply = null;
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

  // get and post call reply(status, headers, text) with the server's answer.
  get(path, reply) {
    this.onReply = reply;
    this.hold();
    this.socket.write(this.firstLines('GET', path) + '\r\n');
  }

  // headers are whole lines, each with its line end.
  post(path, headers, body, reply) {
    this.onReply = reply;
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

  // read takes the next size bytes of a reply. One that arrives whole, as nearly all do, is parsed where it is.
  read(chunk, size) {
    if (this.head !== null) {
      this.receive(chunk, 0, size);
      return;
    }
    if (this.rest !== null) {
      chunk = Buffer.concat([this.rest, chunk.slice(0, size)]);
      size = chunk.length;
      this.rest = null;
    }
    const end = chunk.indexOf('\r\n\r\n');
    // Bytes beyond size are left from an earlier read.
    if (end < 0 || end + 4 > size) {
      this.rest = Buffer.concat([chunk.slice(0, size)]);
      return;
    }
    const head = parseHead(chunk.toString('utf8', 0, end));
    const length = Number(head.headers['content-length']);
    if (size - end - 4 >= length) {
      this.reply(head, chunk.toString('utf8', end + 4, end + 4 + length));
      return;
    }
    this.head = head;
    this.body = allocate(length);
    this.received = 0;
    this.receive(chunk, end + 4, size);
  }

  receive(chunk, from, to) {
    chunk.copy(this.body, this.received, from, to);
    this.received += to - from;
    if (this.received < this.body.length) return;
    const head = this.head;
    const body = this.body;
    this.head = null;
    this.body = null;
    this.reply(head, body.toString());
  }

  reply(head, text) {
    const reply = this.onReply;
    this.onReply = null;
    reply(head.status, head.headers, text);
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
