'use strict';

class Refused extends Error {
  constructor(message) {
    super(message);
    this.name = 'Refused';
    this.code = 'E_REFUSED';
  }
}

exports.throwing = () => {
  throw new TypeError('boom');
};

exports.throwingString = () => {
  throw 'just text';
};

exports.callback = (event, context, callback) => callback(new Refused('not today'));

exports.callbackString = (event, context, callback) => callback('just text');

exports.fail = (event, context) => context.fail(new Error('failed'));

exports.failNothing = (event, context) => context.fail();

exports.rejecting = () => Promise.reject(new Refused('not today'));

exports.throwInTimer = (event, context) => {
  setTimeout(() => { throw new RangeError('late'); }, 20);
  return new Promise(() => {});
};

exports.unhandled = () => {
  Promise.reject(new Error('rej'));
  return new Promise((resolve) => setTimeout(resolve, 50, 'never seen'));
};

exports.unhandledThenResult = () => {
  Promise.reject(new Error('rej'));
  return Promise.resolve('fine');
};

exports.unhandledThenCallback = (event, context, callback) => {
  Promise.reject(new Error('rej'));
  setTimeout(callback, 50, null, 'went on');
};

exports.exit = () => {
  console.log('leaving');
  process.exit(3);
};

exports.exitZero = () => process.exit(0);

exports.busy = () => {
  console.log('spinning');
  for (;;) ;
};

exports.fine = (event, context, callback) => callback(null, 'fine');
