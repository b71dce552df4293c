'use strict';

// Runs a Node.js function against the Lambda Runtime API:
//
//   node bootstrap.js <opt-dir> <sdk-dir> <host-packages: 0|1>
//
// One source serves Node.js 4.3 to 26, so it is written in the syntax that 4.3 parses. The interpreter may be a
// stand-in for the requested runtime: what users see follows the runtime's id, never process.version.
// Every file adds 0.2 ms to a cold start, so what most functions never need is required late.

const binding = require('./binding.js');

restoreFlags();

const Connection = require('./connection.js');
const Runtime = require('./runtime.js');
const loader = require('./loader.js');
const log = require('./log.js');
const packages = require('./packages.js');

// V8 takes the compiled code that Node.js carries of its own library only while its flags are those that it was
// compiled with; with others it compiles anew whatever is required, 12 ms for net alone. The heap has got its size
// from --max-old-space-size by now, so the flag may have its default again. V8 minds no longer from Node.js 24 on.
// require('v8') would itself load half of that library: the binding is what is behind it.
function restoreFlags() {
  const v8 = parseInt(process.versions.node, 10) < 24 ? binding('v8') : null;
  if (v8) v8.setFlagsFromString('--max-old-space-size=0');
}

// The major version of the requested runtime, 8 for nodejs8.10. `nodejs` was Node.js 0.10, of which no interpreter
// is left; it counts as its successor, nodejs4.3.
function requestedEra() {
  const id = /^AWS_Lambda_nodejs(\d*)/.exec(process.env.AWS_EXECUTION_ENV);
  return id === null ? parseInt(process.versions.node, 10) : Number(id[1] || 4);
}

// AWS runs Node.js with --expose-gc. As an argument that costs 8 ms, because V8 then compiles Node's own library anew.
function defineGC() {
  Object.defineProperty(global, 'gc', {
    configurable: true,
    get() {
      require('v8').setFlagsFromString('--expose-gc');
      const value = require('vm').runInNewContext('gc');
      Object.defineProperty(global, 'gc', { configurable: true, writable: true, value });
      return value;
    },
  });
}

function main() {
  const era = requestedEra();
  const handler = process.env._HANDLER;
  // What is between sam and this file stays between them: on AWS user code finds the handler there.
  const args = process.argv.splice(2, 3, handler);
  const dirs = { task: process.cwd(), opt: args[0], sdk: args[1] };

  if (typeof gc === 'undefined') defineGC();
  log.install(era);
  packages.install(era, dirs, args[2] === '1');
  const runtime = new Runtime(new Connection(process.env.AWS_LAMBDA_RUNTIME_API), era);
  loader.load(handler, dirs, runtime);
}

main();
