'use strict';

// From the handler string to the handler, by the rules and in the words of AWS's clients.

const fs = require('fs');
const path = require('path');
const packages = require('./packages.js');

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

const NO_CALLBACKS = 'ERROR: AWS Lambda has removed support for callback-based function handlers starting with ' +
  'Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
  'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

// load starts the runtime with the handler, or fails its init.
exports.load = function (handlerString, dirs, runtime) {
  const era = runtime.era;
  let name = null;

  function start(exported) {
    const handler = findHandler(exported, name, handlerString, era);
    runtime.start(handler, streamingOptions(handler, era));
  }
  function fail(error) {
    runtime.failInit(label(error, name, era), era < 10 ? error : typed(error));
  }
  try {
    name = parse(handlerString, era);
    if (era >= 14 && !/^(1|true)$/.test(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) defineGlobal();
    const exported = loadModule(name, dirs, era);
    if (exported instanceof Promise) exported.then(start).then(undefined, fail);
    else start(exported);
  } catch (error) {
    fail(error);
  }
};

// parse splits `dir/module.property.property`.
function parse(handlerString, era) {
  if (handlerString.indexOf('..') >= 0) {
    throw failure(era, 'Runtime.MalformedHandlerName', "'" + handlerString + "' is not a valid handler name. " +
      'Use absolute paths when specifying root directories in handler names.');
  }
  const base = path.basename(handlerString);
  const parts = /^([^.]*)\.(.*)$/.exec(base);
  if (parts === null) throw failure(era, 'Runtime.MalformedHandlerName', 'Bad handler', "Bad handler '" + base + "'");
  return { directory: handlerString.slice(0, handlerString.indexOf(base)), module: parts[1], properties: parts[2].split('.') };
}

// The global awslambda costs nothing until someone asks for it.
function defineGlobal() {
  function define(value) {
    Object.defineProperty(global, 'awslambda', { configurable: true, enumerable: true, writable: true, value });
    return value;
  }
  Object.defineProperty(global, 'awslambda', {
    configurable: true,
    enumerable: true,
    get() { return define(require('./streaming.js').awslambda); },
    set: define,
  });
}

// loadModule returns what the handler's module exports, or a promise of it for an ES module.
function loadModule(name, dirs, era) {
  const directory = path.resolve(dirs.task, onThisHost(name.directory, dirs));
  const file = path.join(directory, name.module);
  // AWS's loader has known ES modules since nodejs14.x, Node.js without a flag since 12.
  const canImport = era >= 14 && parseInt(process.versions.node, 10) >= 12;
  const load = (found) => require('./esm.js').load(found, packages);

  if (fs.existsSync(file)) return require(file);
  if (fs.existsSync(file + '.js')) {
    return canImport && isInModulePackage(directory, dirs) ? load(file + '.js') : require(file + '.js');
  }
  if (canImport && fs.existsSync(file + '.mjs')) return load(file + '.mjs');
  if (fs.existsSync(file + '.cjs')) return require(file + '.cjs');
  if (era < 10) return require(file);
  return require(require.resolve(name.module, { paths: [dirs.task, directory] }));
}

// A handler in a layer is configured by the path that it has on AWS.
function onThisHost(directory, dirs) {
  return dirs.opt && directory.startsWith('/opt/') ? path.join(dirs.opt, directory.slice('/opt/'.length)) : directory;
}

// isInModulePackage asks the nearest package.json, but none above the function: on AWS nothing is there.
function isInModulePackage(directory, dirs) {
  for (let at = directory; !at.endsWith('/node_modules'); at = path.dirname(at)) {
    if (packages.hasManifest(at)) return packages.isModulePackage(at);
    if (at === dirs.task || at === dirs.opt || at === '/') return false;
  }
  return false;
}

function findHandler(exported, name, handlerString, era) {
  const get = (from) => name.properties.reduce((at, property) => at && at[property], from);
  let handler = get(exported);
  if (!handler && era >= 24) handler = get(exported && exported.default);
  if (typeof handler !== 'function') {
    throw failure(era, 'Runtime.HandlerNotFound',
      handlerString + (handler ? ' is not a function' : ' is undefined or not exported'),
      "Handler '" + name.properties.join('.') + "' missing on module '" + name.module + "'");
  }
  if (era >= 24 && handler.length >= 3 && !handler[STREAMING]) {
    throw failure(era, 'Runtime.CallbackHandlerDeprecated', NO_CALLBACKS);
  }
  return handler;
}

// streamingOptions returns null for a handler that does not stream.
function streamingOptions(handler, era) {
  const mode = handler[STREAMING];
  if (era < 14 || !mode) return null;
  if (mode !== 'response') throw failure(era, 'Runtime.MalformedStreamingHandler', 'Only response streaming is supported.');
  return { highWaterMark: parseInt(handler[HIGH_WATER_MARK], 10) || undefined };
}

// Up to nodejs8.10 these were messages without a type, some of them in other words.
function failure(era, type, message, legacy) {
  return era < 10 ? legacy || message : require('./errors.js').create(type, message);
}

// typed gives an error of the function's own modules the type under which callers know it.
function typed(error) {
  if (error instanceof SyntaxError) {
    const syntax = require('./errors.js').create('Runtime.UserCodeSyntaxError', String(error));
    // It names the file and the line, which the clients before aws-lambda-ric 4 lost.
    syntax.stack = error.stack;
    return syntax;
  }
  if (error && error.code === 'MODULE_NOT_FOUND') {
    return require('./errors.js').create('Runtime.ImportModuleError', String(error));
  }
  return error;
}

// label returns how the log announces the error.
function label(error, name, era) {
  if (era >= 24) return 'Init Error';
  if (era >= 10) return 'Uncaught Exception';
  if (error && error.code === 'MODULE_NOT_FOUND') return "Unable to import module '" + name.module + "'";
  if (error instanceof SyntaxError) return "Syntax error in module '" + name.module + "'";
  return 'module initialization error';
}
