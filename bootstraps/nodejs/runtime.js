'use strict';

// The life of an execution environment after its start: event in, result out. What counts as the result differs
// between the eras of AWS's clients: a native one up to nodejs8.10, aws-lambda-ric 1 to 3 up to nodejs22.x, and
// aws-lambda-ric 4 since.

const Connection = require('./connection.js');
const context = require('./context.js');
const log = require('./log.js');
const setImmediate = global.setImmediate; // functions may leave a fake in its place

const INIT_ERROR = '/2018-06-01/runtime/init/error';

// Node.js's own status for a promise that nothing can settle any more.
const NEVER_SETTLED = 13;

class Invocation {
  constructor(head) {
    this.id = head.requestId;
    this.head = head;
    this.answered = false;              // the function has decided on its result; what it says later does not count
    this.result = undefined;            // what it called back with, while the event loop runs empty
    this.waitsForEmptyEventLoop = true;
    this.promised = false;
    this.stream = null;
  }

  // answer returns whether this is the function's first.
  answer() {
    const first = !this.answered;
    this.answered = true;
    return first;
  }

  path(end) {
    return '/2018-06-01/runtime/invocation/' + this.id + end;
  }
}

class Runtime {
  constructor(connection, era) {
    this.connection = connection;
    this.era = era;
    this.handler = null;      // until init is over
    this.streaming = null;    // options of a streaming handler
    this.invocation = null;   // the one whose result has not been posted
    this.posting = false;     // the server has yet to confirm a post
    this.turn = null;         // the immediate that ends the turn of the event loop that has brought the event
    this.settled = null;      // the path and the body of what it will post
    this.exitStatus = -1;     // if set, the process ends with it after that
    this.onEvent = this.onEvent.bind(this);
    this.onPosted = this.onPosted.bind(this);
    this.askNext = this.askNext.bind(this);
    this.endTurn = this.endTurn.bind(this);
    this.catchAll();
  }

  // start ends init, unless a promise that was rejected meanwhile makes it fail: those are reported before immediates.
  start(handler, streaming) {
    setImmediate(() => {
      if (this.posting) return;
      this.handler = handler;
      this.streaming = streaming;
      this.askNext();
    });
  }

  askNext() {
    if (this.exitStatus < 0) this.connection.next(this.onEvent);
  }

  onEvent(status, head, text) {
    if (status !== 200) Connection.die('the Lambda Runtime API answered ' + status + ' instead of an event: ' + text);
    const fields = new Connection.EventHead(head);
    const invocation = new Invocation(fields);
    const trace = fields.traceId;
    if (trace === undefined) delete process.env._X_AMZN_TRACE_ID;
    else process.env._X_AMZN_TRACE_ID = trace;
    log.setInvocation(invocation.id, fields.tenantId);
    this.invocation = invocation;
    // From here to the result only what the function has started keeps the event loop going, so that its end shows.
    this.connection.release();
    if (this.streaming === null) this.invoke(invocation, text);
    else require('./streaming.js').invoke(this, invocation, text);
  }

  invoke(invocation, text) {
    let ctx;
    let event;
    try {
      ctx = context.create(this, invocation);
      event = JSON.parse(text);
    } catch (error) {
      this.fail(invocation, error);
      return;
    }
    this.turn = setImmediate(this.endTurn); // before the handler can ask for immediates of its own
    try {
      const result = this.era < 24
        ? this.handler(event, ctx, context.callback(this, invocation))
        : this.handler(event, ctx);
      // Promises came with nodejs8.10. Before nodejs24.x nobody looked at any other value.
      if (this.era >= 8 && isThenable(result)) this.wait(invocation, result);
      else if (this.era >= 24) this.succeed(invocation, result);
    } catch (error) {
      if (this.era < 10) this.crash('Uncaught Exception', error, 1);
      else if (invocation.answer()) this.fail(invocation, error);
    }
  }

  wait(invocation, promise) {
    invocation.promised = true;
    promise.then((value) => {
      if (invocation.answer()) this.succeed(invocation, value);
    }, (error) => {
      if (invocation.answer()) this.fail(invocation, error);
    });
  }

  succeed(invocation, value) {
    if (this.invocation !== invocation) return;
    let body;
    try {
      body = JSON.stringify(value);
    } catch (error) {
      this.fail(invocation, require('./errors.js').unserializable(this.era));
      return;
    }
    // undefined, a function and a symbol have no JSON.
    this.post(invocation, '/response', body === undefined ? 'null' : body);
  }

  fail(invocation, error) {
    if (this.invocation !== invocation) return;
    log.invokeError(error);
    this.post(invocation, '/error', require('./errors.js').payload(error, this.era));
  }

  post(invocation, end, body) {
    this.invocation = null;
    this.posting = true;
    if (this.turn !== null && invocation.promised && body.length < Connection.SMALL) {
      this.settled = { path: invocation.path(end), body };
    } else {
      this.postFirst(invocation.path(end), body);
    }
  }

  // postFirst posts a result. The request for the next event does not wait for the server's confirmation. It is sent as
  // an immediate, as AWS's clients do: a rejection that the function left unhandled, or what its own immediates throw,
  // gets to end the process first, which must not take an event with it.
  postFirst(path, body) {
    this.connection.post(path, '', body, this.onPosted);
    setImmediate(this.askNext);
  }

  // endTurn is the first immediate after an event. The result of a function that waits for nothing is there by now, and
  // goes together with the request for the next event: another write, and a reply that arrives by itself, would cost a
  // quarter of the whole invocation. If the function has immediates of its own, they are next in Node.js's list.
  endTurn() {
    const last = this.turn !== null && this.turn._idleNext === null;
    this.turn = null;
    const settled = this.settled;
    if (settled === null) return;
    this.settled = null;
    if (!last || this.exitStatus >= 0) {
      this.postFirst(settled.path, settled.body);
      return;
    }
    this.connection.postAndNext(settled.path, settled.body, this.onPosted, this.onEvent);
    // The reply may come as late as the next event. The process may end before: the server has all it needs.
    this.posting = false;
  }

  onPosted(status, head, text) {
    // 413 is between the server and the caller, who gets Function.ResponseSizeTooLarge.
    if (status !== 202 && status !== 413) {
      Connection.die('the Lambda Runtime API answered ' + status + ' to the result of an invocation: ' + text);
    }
    if (this.exitStatus >= 0) process.exit(this.exitStatus);
    this.posting = false;
  }

  // The event loop is empty: the function can do nothing more for its result. That it never gave one was no error before
  // nodejs18.x, and is none without a promise.
  onEmptyEventLoop() {
    const invocation = this.invocation;
    if (invocation === null) {
      if (this.handler === null) this.failInit('Uncaught Exception', require('./errors.js').neverSettled());
    } else if (invocation.stream !== null) {
      invocation.stream.onEmptyEventLoop();
    } else if (invocation.answered || !invocation.promised || this.era < 18) {
      this.succeed(invocation, invocation.result);
    } else {
      const error = require('./errors.js').neverSettled();
      const message = 'RequestId: ' + invocation.id + ' Error: ' + error.message;
      log.write(message + '\n' + error.name + '\n');
      this.exitStatus = NEVER_SETTLED;
      this.post(invocation, '/error', JSON.stringify({ errorType: error.name, errorMessage: message }));
    }
  }

  catchAll() {
    const era = this.era;
    process.on('beforeExit', () => this.onEmptyEventLoop());
    // A function that ends the process in the turn in which it gave its result has given it.
    process.on('exit', (status) => {
      this.exitStatus = status;
      this.endTurn();
    });
    process.on('uncaughtException', (error) => this.crash('Uncaught Exception', error, era < 10 ? 1 : 129));
    if (era >= 12) {
      process.on('unhandledRejection', (reason, promise) => {
        this.crash('Unhandled Promise Rejection', require('./errors.js').unhandledRejection(reason, promise), 128);
      });
    } else if (parseInt(process.versions.node, 10) >= 15) {
      // The interpreters of these runtimes wrote a warning and went on.
      process.on('unhandledRejection', (reason) => {
        process.emitWarning(require('./errors.js').toError(reason).stack, 'UnhandledPromiseRejectionWarning');
      });
    }
  }

  // crash reports what nobody caught, then ends the process. Up to nodejs8.10 AWS's process ended with no report,
  // and the caller saw "Process exited before completing request"; ours tells the caller why in every era.
  crash(label, error, status) {
    if (this.handler === null) {
      this.failInit(label, error);
      return;
    }
    log.crash(label, error);
    this.exitStatus = status;
    const invocation = this.invocation;
    if (invocation === null) {
      // Between invocations there is no one to tell.
      if (!this.posting) process.exit(status);
    } else if (invocation.stream !== null) {
      invocation.stream.abort(error);
    } else {
      this.post(invocation, '/error', require('./errors.js').payload(error, this.era));
    }
  }

  failInit(label, error) {
    log.initError(label, error);
    if (this.posting) return;
    this.posting = true;
    const errors = require('./errors.js');
    this.connection.post(INIT_ERROR, 'Lambda-Runtime-Function-Error-Type: ' + errors.typeOf(error) + '\r\n',
      errors.payload(error, this.era), () => process.exit(1));
  }
}

function isThenable(value) {
  return value !== null && value !== undefined && typeof value.then === 'function';
}

module.exports = Runtime;
