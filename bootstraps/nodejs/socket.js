'use strict';

// A TCP socket on libuv's own handle. The module net would add 4 ms to a cold start: it brings streams, timers and
// name resolution, none of which a connection with one request at a time has a use for. The bindings are internals of
// Node.js, the same from 4.3 to 26 but for the shape of onread; where they are missing, net serves.

const binding = require('./binding.js');

// connect returns a socket. events.data(bytes, size) gets what arrives: the first `size` bytes, which the next call
// overwrites. events.failed(message) says that there is no connection, events.closed() that it has ended.
exports.connect = function (host, port, events) {
  const tcp = binding('tcp_wrap');
  const streams = binding('stream_wrap');
  return tcp && streams ? new Socket(tcp, streams, host, port, events) : new NetSocket(host, port, events);
};

class Socket {
  constructor(tcp, streams, host, port, events) {
    this.streams = streams;
    this.idle = null; // a request that a write has left unused, as nearly all do: they are complete at once
    this.handle = tcp.constants ? new tcp.TCP(tcp.constants.SOCKET) : new tcp.TCP();
    this.handle.onread = streams.streamBaseState ? this.reader(streams, events) : oldReader(events);
    const request = new tcp.TCPConnectWrap();
    request.oncomplete = (status) => {
      if (status < 0) events.failed('connection failed (' + status + ')');
      else this.handle.readStart();
    };
    this.handle.setNoDelay(true);
    const status = this.handle.connect(request, host, port);
    if (status !== 0) events.failed('connection failed (' + status + ')');
  }

  // The state of a read is in an array that all streams share: how much there is, and from where.
  reader(streams, events) {
    const state = streams.streamBaseState;
    const buffer = this.handle.useUserBuffer ? Buffer.allocUnsafe(64 * 1024) : null;
    if (buffer !== null) this.handle.useUserBuffer(buffer);
    return (arrayBuffer) => {
      const size = state[streams.kReadBytesOrError];
      if (size < 0) events.closed();
      else if (size > 0) events.data(arrayBuffer ? Buffer.from(arrayBuffer, state[streams.kArrayBufferOffset], size) : buffer, size);
    };
  }

  // write takes a string or a Buffer; done is called once it has left this process. What is written before the
  // connection stands goes out then.
  write(data, done) {
    const request = this.idle || new this.streams.WriteWrap();
    request.handle = this.handle;
    request.buffer = data; // must live until it is written
    request.oncomplete = done ? () => done() : ignore;
    // A failure means that the server is gone, which the read end tells as well.
    if (typeof data === 'string') this.handle.writeUtf8String(request, data);
    else this.handle.writeBuffer(request, data);
    const state = this.streams.streamBaseState;
    const waits = state ? state[this.streams.kLastWriteWasAsync] : request.async;
    this.idle = waits ? null : request;
    if (waits) return;
    request.buffer = null;
    if (done) process.nextTick(done);
  }

  ref() { this.handle.ref(); }
  unref() { this.handle.unref(); }
}

function ignore() {}

// Up to Node.js 10 the handle gives each read a Buffer of its own.
function oldReader(events) {
  return (size, buffer) => {
    if (size < 0) events.closed();
    else if (size > 0) events.data(buffer, size);
  };
}

class NetSocket {
  constructor(host, port, events) {
    this.socket = require('net').connect({ host, port });
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk) => events.data(chunk, chunk.length));
    this.socket.on('error', (error) => { if (error.syscall === 'connect') events.failed(error.message); });
    this.socket.on('close', () => events.closed());
  }

  write(data, done) { this.socket.write(data, done); }
  ref() { this.socket.ref(); }
  unref() { this.socket.unref(); }
}
