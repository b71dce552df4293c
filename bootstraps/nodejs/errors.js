'use strict';

// The forms in which errors leave the process. Functions throw anything; nothing in here throws.

// create makes an error whose name is the type that the caller and the stack show.
exports.create = function create(type, message) {
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: type, configurable: true, writable: true });
  Error.captureStackTrace(error, create);
  return error;
};

exports.unhandledRejection = function (reason, promise) {
  return Object.assign(exports.create('Runtime.UnhandledPromiseRejection', text(reason)), { reason, promise });
};

exports.unserializable = function (era) {
  const message = 'Unable to stringify response body';
  return era >= 24 ? exports.create('Runtime.JSONStringifyError', message) : new Error(message);
};

// AWS says this of a process that ends with status 13.
exports.neverSettled = function () {
  return exports.create('Runtime.NodeJsExit', 'The Lambda runtime client detected an unexpected Node.js exit code. ' +
    'This is most commonly caused by a Promise that was never settled. For more information, see ' +
    'https://nodejs.org/docs/latest/api/process.html#exit-codes');
};

// payload returns the JSON that the caller of the function gets.
exports.payload = function (error, era) {
  try {
    return JSON.stringify(era < 10 ? legacy(error) : describe(error));
  } catch (problem) {
    return JSON.stringify({
      errorType: 'handled',
      errorMessage: 'callback called with Error argument, but there was a problem while retrieving one or more of ' +
        'its message, name, and stack',
      trace: [],
    });
  }
};

function describe(error) {
  if (!isError(error)) return { errorType: typeof error, errorMessage: text(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: trim(error.stack) };
}

function legacy(error) {
  if (!isError(error)) return { errorMessage: text(error) };
  const frames = trim(error.stack).slice(1).filter((line) => !isOurs(line)).map((line) => line.replace(/^\s+at /, ''));
  return { errorMessage: error.message, errorType: error.name, stackTrace: frames };
}

// typeOf returns what an init error is filed under.
exports.typeOf = function (error) {
  return isError(error) ? error.name.replace(/[^\w.]/g, '') : typeof error;
};

// logged returns the JSON that follows "Invoke Error" and its like in the log.
exports.logged = function (error) {
  try {
    return JSON.stringify(exports.toError(error), (key, value) => (value instanceof Error ? enumerable(value) : value));
  } catch (problem) {
    return exports.payload(error);
  }
};

function enumerable(error) {
  const parts = Object.assign({ errorType: error.name, errorMessage: error.message, code: error.code }, error);
  if (typeof error.stack === 'string') parts.stack = trim(error.stack);
  return parts;
}

exports.toError = function (value) {
  return isError(value) ? value : new Error(text(value));
};

function isError(value) {
  if (value instanceof Error) return true;
  try {
    // From another realm, or made by hand.
    return typeof value.name === 'string' && typeof value.message === 'string' && typeof value.stack === 'string';
  } catch (problem) {
    return false;
  }
}

function text(value) {
  try {
    return String(value);
  } catch (problem) {
    // An object without a prototype, for one.
    return Object.prototype.toString.call(value);
  }
}

// trim cuts a stack below the first frame of ours: the rest is how the event got there.
function trim(stack) {
  const lines = String(stack).split('\n');
  const last = lines.findIndex(isOurs);
  return last < 0 ? lines : lines.slice(0, last + 1);
}

function isOurs(line) {
  return /^\s+at /.test(line) && line.indexOf(__dirname) >= 0;
}
