'use strict';

console.log('loading');

exports.handler = (event, context) => {
  console.log('plain');
  console.log('object %s', 'formatted', { a: [1] });
  console.log({ b: 2 });
  console.info('to info');
  console.warn('to warn');
  console.error('to error');
  console.log('two\nlines');
  console.log();
  process.stdout.write('raw out\n');
  process.stderr.write('raw err\n');
  return context.succeed ? context.succeed('logged') : 'logged';
};

exports.levels = (event, context) => {
  ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].forEach((level) => console[level]('at ' + level));
  return context.succeed ? context.succeed('logged') : 'logged';
};

exports.values = () => {
  console.log('text');
  console.log({ object: true });
  console.log('failed:', new TypeError('inner'));
  console.error(new RangeError('alone'));
  const self = { name: 'self' };
  self.self = self;
  console.log(self);
  return Promise.resolve('logged');
};

exports.beforeExit = () => {
  process.stdout.write('.'.repeat(300000) + 'END OF RAW\n');
  console.log('-'.repeat(300000) + 'END OF LINE');
  process.exit(4);
};
