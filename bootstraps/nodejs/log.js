'use strict';

// The console as Lambda formats it. Lines go straight to the log's pipe and are in it when a call returns: nothing is
// lost at process.exit, and all of it comes before the result.

const fs = require('fs');
const util = require('util');

const STDOUT = 1;
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const METHODS = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };

// Buffer.from came with Node.js 4.5.
const encode = Buffer.alloc ? Buffer.from : Buffer;

let era = 0;
let requestId;
let tenantId;
let json = false;
let threshold = 0;

function write(text) {
  try {
    const written = fs.writeSync(STDOUT, text);
    if (written < Buffer.byteLength(text)) finish(encode(text).slice(written));
  } catch (error) {
    if (error.code === 'EAGAIN') finish(encode(text));
  }
}

// finish writes what a first try has left.
function finish(rest) {
  while (rest.length > 0) {
    try {
      rest = rest.slice(fs.writeSync(STDOUT, rest, 0, rest.length, null));
    } catch (error) {
      // The pipe is full, and a child process of the function has made it non-blocking. Its reader is never far.
      if (error.code !== 'EAGAIN') return;
    }
  }
}

function format(args) {
  return args.length === 1 && typeof args[0] === 'string' ? args[0] : util.format.apply(util, args);
}

function writeText(level, args) {
  // The level came with nodejs10.x.
  const column = era < 10 ? '' : level + '\t';
  write(new Date().toISOString() + '\t' + requestId + '\t' + column + format(args) + '\n');
}

function writeJSON(level, args) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (tenantId !== undefined) line.tenantId = tenantId;
  let text;
  if (args.length === 1) {
    line.message = args[0];
    try {
      text = JSON.stringify(line, withErrors);
    } catch (error) {
      line.message = format(args);
    }
  } else {
    line.message = format(args);
    const error = Array.prototype.find.call(args, (arg) => arg instanceof Error);
    if (error !== undefined) Object.assign(line, describe(error));
  }
  write((text || JSON.stringify(line)) + '\n');
}

function describe(error) {
  return {
    errorType: error.constructor && error.constructor.name || 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
  };
}

function withErrors(key, value) {
  return value instanceof Error ? Object.assign(describe(value), value) : value;
}

function writer(level) {
  if (LEVELS.indexOf(level) < threshold) return function () {};
  return function () {
    if (json) writeJSON(level, arguments);
    else writeText(level, arguments);
  };
}

function writeError(label, error) {
  const errors = require('./errors.js');
  if (json) writeJSON('ERROR', [errors.toError(error)]);
  else writeText('ERROR', [label + ' \t' + errors.logged(error)]);
}

// What a pipe cannot take at once stays in a queue of the process, and process.exit loses it, unless the pipe blocks.
// Node.js makes these streams when they are first asked for; doing it earlier would cost every function a millisecond.
function blockOnWrites(name) {
  const property = Object.getOwnPropertyDescriptor(process, name);
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      Object.defineProperty(process, name, property);
      const stream = process[name];
      if (stream._handle && stream._handle.setBlocking) stream._handle.setBlocking(true);
      return stream;
    },
  });
}

exports.install = function (requestedEra) {
  const env = process.env;
  era = requestedEra;
  requestId = era >= 24 ? '-' : undefined;
  json = /^json$/i.test(env.AWS_LAMBDA_LOG_FORMAT);
  threshold = LEVELS.indexOf(String(env.AWS_LAMBDA_LOG_LEVEL).toUpperCase());
  Object.keys(METHODS).forEach((name) => {
    // Until then AWS changed what the interpreter had, except trace, which uses error.
    if (era < 10 && (name === 'trace' || !console[name])) return;
    console[name] = writer(METHODS[name]);
  });
  blockOnWrites('stdout');
  blockOnWrites('stderr');
};

exports.setInvocation = function (id, tenant) {
  requestId = id;
  tenantId = tenant;
};

exports.write = write;

// invokeError, crash and initError announce what becomes the result of an invocation, ends the process, or ends init.

exports.invokeError = function (error) {
  if (era < 10) writeText('ERROR', [require('./errors.js').payload(error, era)]);
  else writeError('Invoke Error', error);
};

exports.crash = function (label, error) {
  if (era < 10) writeText('ERROR', [require('./errors.js').toError(error).stack]);
  else writeError(label, error);
};

exports.initError = function (label, error) {
  if (era >= 10) {
    writeError(label, error);
  } else if (typeof error === 'string') {
    write(error + '\n');
  } else {
    const failure = require('./errors.js').toError(error);
    write(label + ': ' + failure.name + '\n' + failure.stack + '\n');
  }
};
