'use strict';

// Which packages a function finds. On AWS it sees its own, those of its layers and the SDK of its runtime. The host
// offers more, and code that runs here only because of that would fail there.

const fs = require('fs');
const path = require('path');
const Module = require('module');

exports.install = function (era, dirs, hostPackages) {
  const roots = hostPackages ? [] : [dirs.opt, dirs.sdk, dirs.task].filter(Boolean);
  exports.settings = { era, roots, sdkPlaces: sdkPlaces(dirs.sdk) };
  if (hostPackages) showHome();
  else hideAbove(roots);
  if (belongsToModulePackage(dirs.task)) hidePackageType(dirs.task);
  provideSDK(exports.settings);
};

// rootOf returns which of the roots, the directories that are complete in themselves on AWS, a file or directory is in.
// A file in one of them finds packages in it and in no directory above. Any other file is here because someone has
// linked it into a root, say a package of the same workspace; its dependencies are where it lives, so its search goes
// on to the top.
exports.rootOf = function (file, roots) {
  return roots.find((root) => file === root || file.startsWith(root + '/'));
};

function hideAbove(roots) {
  const nodeModulePaths = Module._nodeModulePaths;
  Module._nodeModulePaths = function (from) {
    const paths = nodeModulePaths.call(Module, from);
    const root = exports.rootOf(from, roots);
    return root === undefined ? paths : paths.filter((found) => found.startsWith(root + '/'));
  };
  // Of Node's global places AWS has NODE_PATH alone. Two are in HOME, which is not set, and the last one,
  // $PREFIX/lib/node, is computed from the interpreter's path.
  const execPath = process.execPath;
  process.execPath = '/none/bin/node';
  Module._initPaths();
  process.execPath = execPath;
}

function showHome() {
  try {
    process.env.HOME = require('os').homedir();
  } catch (unknown) {
    return; // the user is none of this system's, as in containers, and has no home
  }
  Module._initPaths();
  delete process.env.HOME;
}

// belongsToModulePackage tells whether a package.json above the function says "type": "module". On AWS there is none,
// and a function without one of its own consists of CommonJS.
function belongsToModulePackage(task) {
  let at = task;
  while (!hasManifest(at)) {
    if (at === '/') return false;
    at = path.dirname(at);
  }
  return at !== task && exports.isModulePackage(at);
}

function hidePackageType(task) {
  const load = Module._extensions['.js'];
  const isInTask = (file) => exports.rootOf(file, [task]) === task;
  Module._extensions['.js'] = function (module, filename) {
    let at = path.dirname(filename);
    while (isInTask(at) && !hasManifest(at)) at = path.dirname(at);
    if (isInTask(at) || !isInTask(filename)) load(module, filename);
    else module._compile(fs.readFileSync(filename, 'utf8'), filename, 'commonjs');
  };
}

function hasManifest(directory) {
  return fs.existsSync(path.join(directory, 'package.json'));
}

exports.hasManifest = hasManifest;

exports.isModulePackage = function (directory) {
  try {
    return JSON.parse(fs.readFileSync(path.join(directory, 'package.json'), 'utf8')).type === 'module';
  } catch (error) {
    // Node.js says what is wrong with it where it needs it.
    return false;
  }
};

// sdkPlaces lists where the SDK may be if neither the function nor a layer has it: our copy, then one that is installed
// globally. Nothing else is looked for there.
function sdkPlaces(sdkDir) {
  const places = [
    path.resolve(process.execPath, '../../lib/node_modules'), '/usr/lib/node_modules', '/usr/local/lib/node_modules',
  ];
  return sdkDir ? [path.join(sdkDir, 'node_modules')].concat(places) : places;
}

function provideSDK(settings) {
  const era = settings.era;
  const resolveFilename = Module._resolveFilename;
  const elsewhere = { id: '.', filename: null, paths: settings.sdkPlaces };
  Module._resolveFilename = function resolve(request) {
    try {
      return resolveFilename.apply(Module, arguments);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
      if (exports.isProvided(request, era)) {
        try {
          return resolveFilename.call(Module, request, elsewhere, false);
        } catch (again) {
          // The first error says who required it.
        }
      }
      // Node.js has told that since version 12.
      if (era < 12) error.message = error.message.split('\nRequire stack:')[0];
      // Without this function, which is none of the user's.
      Error.captureStackTrace(error, resolve);
      throw exports.addHint(error, request, era);
    }
  };
}

function isSDK(request) {
  return /^(aws-sdk(\/|$)|@(aws-sdk|smithy)\/)/.test(request);
}

// Version 2 of the SDK came with the runtimes up to nodejs16.x, version 3 comes with those since nodejs18.x.
exports.isProvided = function (request, era) {
  return isSDK(request) && request.startsWith('@') === era >= 18;
};

// addHint tells in the first line of an error about a missing package of the SDK how to get it.
exports.addHint = function (error, request, era) {
  const message = error.message;
  error.message = message.replace(/$/m, () => exports.hint(request, era));
  error.stack = error.stack.replace(message, () => error.message);
  return error;
};

exports.hint = function (request, era) {
  if (!isSDK(request)) return '';
  const name = exports.packageName(request);
  if (!exports.isProvided(request, era)) {
    return ' (this runtime brings version ' + (era >= 18 ? 3 : 2) + ' of the SDK; add ' + name +
      " to the function's own dependencies)";
  }
  return ' (AWS brings it with the runtime; get it with: sam local runtimes install-sdk nodejs' +
    (era >= 18 ? ' ' + name : '') + ')';
};

exports.packageName = function (request) {
  return request.split('/', request.startsWith('@') ? 2 : 1).join('/');
};
