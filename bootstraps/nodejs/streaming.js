'use strict';

// Response streaming: the global awslambda, and the result of a handler that writes it piece by piece, as one chunked
// request on the connection that everything else uses. Required when a function asks for the global.

const Writable = require('stream').Writable;
const context = require('./context.js');
const errors = require('./errors.js');
const log = require('./log.js');

const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';

exports.awslambda = {
  streamifyResponse(handler, options) {
    handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'response';
    if (options && typeof options.highWaterMark === 'number') {
      handler[Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark')] = options.highWaterMark;
    }
    return handler;
  },
  HttpResponseStream: class HttpResponseStream {
    // Status, headers and cookies of an HTTP response precede its body, and 8 zero bytes part them.
    static from(stream, prelude) {
      const json = JSON.stringify(prelude);
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream._onBeforeFirstWrite = (write) => {
        write(json);
        write(new Uint8Array(8));
      };
      return stream;
    }
  },
};

exports.invoke = function (runtime, invocation, text) {
  const result = new StreamedResult(runtime, invocation);
  invocation.stream = result;
  let returned;
  try {
    returned = runtime.handler(JSON.parse(text), result.stream, context.create(runtime, invocation));
    if (!returned || typeof returned.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
  } catch (error) {
    result.fail(error);
    return;
  }
  returned.then((value) => {
    if (value !== undefined) console.warn('Streaming handlers ignore return values.');
    result.settle();
  }, (error) => result.fail(error));
};

// A StreamedResult is complete once the handler has settled, the body is closed and the server has replied, in
// whatever order.
class StreamedResult {
  constructor(runtime, invocation) {
    this.runtime = runtime;
    this.invocation = invocation;
    this.settled = false;
    this.closed = false;
    this.reply = null;
    this.failure = null;
    this.head = runtime.connection.firstLines('POST', invocation.path('/response')) +
      'Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n' +
      'Trailer: ' + ERROR_TYPE + ', ' + ERROR_BODY + '\r\nContent-Type: ';
    this.stream = new ResponseStream(this, runtime.streaming);
  }

  // write sends one chunk; null instead of bytes ends the body, with the failure, if any, in its trailers.
  write(bytes, done) {
    const parts = [];
    if (this.head !== null) {
      this.runtime.connection.expect((status, head, text) => this.onReply([status, head, text]));
      parts.push(Buffer.from(this.head + this.stream.contentType + '\r\n\r\n'));
      this.head = null;
    }
    if (bytes === null) {
      parts.push(Buffer.from('0\r\n' + this.trailers() + '\r\n'));
    } else {
      parts.push(Buffer.from(bytes.length.toString(16) + '\r\n'), bytes, Buffer.from('\r\n'));
    }
    this.runtime.connection.socket.write(Buffer.concat(parts), done);
  }

  trailers() {
    if (this.failure === null) return '';
    const body = Buffer.from(errors.payload(this.failure, this.runtime.era)).toString('base64');
    return ERROR_TYPE + ': ' + errors.typeOf(this.failure) + '\r\n' + ERROR_BODY + ': ' + body + '\r\n';
  }

  close(done) {
    this.closed = true;
    this.runtime.connection.hold();
    this.write(null, done);
  }

  settle() {
    this.settled = true;
    if (this.closed) this.complete();
    else if (this.stream.destroyed) this.fail(new Error('Response stream is not finished.'));
  }

  fail(error) {
    log.invokeError(error);
    this.abort(error);
  }

  // abort ends the body with an error; what was written before stays valid.
  abort(error) {
    this.settled = true;
    if (this.closed) {
      this.complete();
      return;
    }
    this.failure = error;
    if (this.stream.destroyed) this.close();
    else Writable.prototype.end.call(this.stream);
  }

  onReply(reply) {
    this.reply = reply;
    if (!this.settled) this.runtime.connection.release();
    this.complete();
  }

  complete() {
    if (!this.settled || !this.closed || this.reply === null || this.runtime.invocation !== this.invocation) return;
    this.runtime.invocation = null;
    this.runtime.onPosted.apply(null, this.reply);
    this.runtime.askNext();
  }

  // Neither the handler nor the stream can come to an end any more.
  onEmptyEventLoop() {
    if (this.closed) this.settle();
    else this.fail(new Error('Response stream is not finished.'));
  }
}

// What the handler writes to.
class ResponseStream extends Writable {
  constructor(result, options) {
    super({ highWaterMark: options.highWaterMark });
    this._result = result;
    this._begun = false;
    this.contentType = 'application/octet-stream';
    // A handler that fails its own stream hears of it from its promise, or else we tell the caller.
    this.on('error', () => {});
  }

  setContentType(type) {
    if (this._begun) throw errors.create('Runtime.InvalidStreamingOperation', 'Cannot set content-type, too late.');
    this.contentType = type;
  }

  write(chunk, encoding, done) {
    this._begin();
    const isBytes = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(isBytes ? chunk : JSON.stringify(chunk), encoding, done);
  }

  end(chunk, encoding, done) {
    this._begin();
    return super.end(chunk, encoding, done);
  }

  _begin() {
    if (this._begun) return;
    this._begun = true;
    if (typeof this._onBeforeFirstWrite === 'function') this._onBeforeFirstWrite((bytes) => super.write(bytes));
  }

  _write(chunk, encoding, done) {
    // A chunk without bytes would be the end.
    if (chunk.length === 0) done();
    else this._result.write(chunk, done);
  }

  _final(done) {
    this._result.close(done);
  }
}
