'use strict';

// What packages.js does for require(), for import: packages above a root are hidden, those in NODE_PATH and the SDK are
// found. This runs in the function's thread, or in that of Node's asynchronous hooks; there next() returns a promise,
// which makes no difference here.

const fs = require('fs');
const path = require('path');
const Module = require('module');
const url = require('url');
const packages = require('./packages.js');

let settings;

exports.initialize = function (data) {
  settings = data;
};

exports.resolve = function (specifier, context, next) {
  if (!needsSearch(specifier, context)) return next(specifier, context);
  const importer = url.fileURLToPath(context.parentURL);
  const name = packages.packageName(specifier);
  if (isNear(name, importer)) return next(specifier, context);
  const place = places(specifier).find((candidate) => fs.existsSync(path.join(candidate, name)));
  if (place === undefined) throw notFound(specifier, importer);
  // Node.js searches from the importer upwards: let that be a file beside the place.
  const parentURL = url.pathToFileURL(path.join(place, '../importer.mjs')).href;
  return next(specifier, Object.assign({}, context, { parentURL }));
};

// Only the name of a package does. require() comes here too, but has its own search.
function needsSearch(specifier, context) {
  return /^[^./#][^:]*$/.test(specifier) && !Module.isBuiltin(specifier) &&
    String(context.parentURL).startsWith('file:') && !Array.from(context.conditions).includes('require');
}

// isNear tells whether Node's own search finds the package before it leaves the importer's root, or the importer is
// part of the package.
function isNear(name, importer) {
  const root = packages.rootOf(importer, settings.roots) || '/';
  let scope;
  for (let at = path.dirname(importer); ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, 'node_modules', name))) return true;
    if (scope === undefined && packages.hasManifest(at)) scope = at;
    if (at === root) break;
  }
  return scope !== undefined && JSON.parse(fs.readFileSync(path.join(scope, 'package.json'), 'utf8')).name === name;
}

function places(specifier) {
  return packages.isProvided(specifier, settings.era) ? settings.nodePath.concat(settings.sdkPlaces) : settings.nodePath;
}

function notFound(specifier, importer) {
  const error = new Error("Cannot find package '" + packages.packageName(specifier) + "' imported from " + importer +
    packages.hint(specifier, settings.era));
  error.code = 'ERR_MODULE_NOT_FOUND';
  return error;
}
