'use strict';

// Every way to end an invocation without an error, for parsers as old as that of Node.js 4.

let count = 0;

exports.callbackTwice = (event, context, callback) => {
  callback(null, 'first');
  callback(null, 'second');
  context.fail('third');
};

exports.callbackThenThrow = (event, context, callback) => {
  callback(null, 'called back');
  throw new Error('too late');
};

exports.waitForTimer = (event, context, callback) => {
  setTimeout(() => console.log('timer'), 50);
  callback(null, 'after the timer');
};

exports.doNotWait = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  const call = ++count;
  setTimeout(() => console.log('timer of call', call), 100);
  setTimeout(callback, call === 1 ? 0 : 300, null, 'call ' + call);
};

exports.succeed = (event, context) => context.succeed({ by: 'succeed' });

exports.done = (event, context) => context.done(null, { by: 'done' });

exports.succeedDoesNotWait = (event, context) => {
  setInterval(() => {}, 1000);
  context.succeed('at once');
};

exports.silent = () => {
  setTimeout(() => console.log('all done'), 20);
};

exports.returnValue = () => 'returned';

exports.promise = (event) => new Promise((resolve) => setTimeout(resolve, 20, { echo: event }));

exports.promiseDoesNotWait = () => {
  setInterval(() => {}, 1000);
  return Promise.resolve('at once');
};

exports.neverSettles = () => new Promise(() => {});

exports.circular = () => {
  const self = {};
  self.self = self;
  return Promise.resolve(self);
};

exports.bigint = () => Promise.resolve({ big: BigInt(1) });

exports.text = (event, context) => {
  const text = { 'größe': '✓ \u0000 ' + event.name };
  return context.succeed ? context.succeed(text) : text;
};

// Of 4 bytes in UTF-8 and 2 in a string each, and too large to be sent in one piece with its headers.
exports.large = (event, context) => {
  const text = '\u{1F600}'.repeat(event.size);
  return context.succeed ? context.succeed(text) : text;
};

let calls = 0;

exports.tooLarge = () => Promise.resolve(calls++ === 0 ? 'x'.repeat(6291557) : 'still here');
