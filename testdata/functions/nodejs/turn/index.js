'use strict';

// Results that are there in the turn of the event loop in which the event arrived, and what happens beside them.

exports.exits = () => {
  const result = Promise.resolve('given');
  result.then(() => result).then(() => Promise.resolve()).then(() => process.nextTick(() => process.exit(5)));
  return result;
};

exports.throwsInImmediate = () => {
  setImmediate(() => { throw new Error('beside'); });
  return Promise.resolve('given');
};

exports.throwsInTick = () => {
  const result = Promise.resolve('given');
  result.then(() => process.nextTick(() => { throw new Error('beside'); }));
  return result;
};

exports.rejects = () => Promise.reject(new Error('refused'));

exports.large = () => Promise.resolve('x'.repeat(100000));

let count = 0;
exports.counts = (event) => {
  const n = ++count;
  return n % 3 === 0 ? new Promise((resolve) => setTimeout(resolve, 1, n)) : n % 3 === 1 ? Promise.resolve(n) : new Promise((resolve) => setImmediate(resolve, n));
};
