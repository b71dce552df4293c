'use strict';

// ES modules, in a file of their own because import() is a syntax error to the oldest interpreters.

const fs = require('fs');
const path = require('path');
const Module = require('module');
const pathToFileURL = require('url').pathToFileURL;

// load returns a promise of what the module in a file exports. packages is the module of that name, which knows where
// they may come from.
exports.load = function (file, packages) {
  const settings = Object.assign({ nodePath: nodePath(packages.settings.era) }, packages.settings);
  if (Module.registerHooks) {
    const hooks = require('./esm_hooks.js');
    hooks.initialize(settings);
    Module.registerHooks({ resolve: hooks.resolve });
  } else if (Module.register && hasPackages(settings)) {
    // Before Node.js 22.15 hooks live in a thread of their own, which takes 25 ms to start: too much if all that they
    // could do is to hide packages of the host.
    Module.register('./esm_hooks.js', pathToFileURL(__filename), { data: settings });
  }
  return import(pathToFileURL(file).href).catch((error) => {
    const missing = /^Cannot find package '([^']+)' imported from [^(]+$/.exec(error && error.message);
    throw missing === null ? error : packages.addHint(error, missing[1], settings.era);
  });
};

// Node.js has never looked at NODE_PATH for ES modules, but that of the runtimes since nodejs18.x does.
function nodePath(era) {
  return era < 18 ? [] : (process.env.NODE_PATH || '').split(':').filter((place) => place.endsWith('/node_modules'));
}

function hasPackages(settings) {
  return settings.nodePath.some((place) => fs.existsSync(place)) ||
    settings.sdkPlaces.some((place) => fs.existsSync(path.join(place, '@aws-sdk')));
}
