'use strict';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

exports.chunks = awslambda.streamifyResponse(async (event, stream, context) => {
  stream.setContentType('text/plain');
  stream.write('one ');
  await pause(20);
  stream.write(Buffer.from('two '));
  stream.write({ three: context.awsRequestId.length });
  stream.end(' four');
});

exports.http = awslambda.streamifyResponse(async (event, stream) => {
  const body = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'X-A': 'b' } });
  body.write('body');
  body.end();
}, { highWaterMark: 1024 });

exports.pipeline = awslambda.streamifyResponse(async (event, stream) => {
  const source = require('stream').Readable.from(['a', 'b', 'c'].map((letter) => letter.repeat(100000)));
  await require('util').promisify(require('stream').pipeline)(source, stream);
});

exports.failBefore = awslambda.streamifyResponse(async () => {
  throw new TypeError('before the first byte');
});

exports.failAfter = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('partial');
  await pause(20);
  throw new TypeError('in the middle');
});

exports.failedPipeline = awslambda.streamifyResponse(async (event, stream) => {
  const source = require('stream').Readable.from((function* () {
    yield 'partial';
    throw new RangeError('the source dried up');
  })());
  await require('util').promisify(require('stream').pipeline)(source, stream);
});

exports.unfinished = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('more to come');
});

exports.endsLater = awslambda.streamifyResponse(async (event, stream) => {
  setTimeout(() => stream.end('later'), 30);
});

exports.worksAfterEnd = awslambda.streamifyResponse(async (event, stream) => {
  stream.end('early');
  await pause(50);
  console.log('still working');
});

exports.returns = awslambda.streamifyResponse(async (event, stream) => {
  stream.end('streamed');
  return 'ignored';
});

exports.notAsync = awslambda.streamifyResponse((event, stream) => {
  stream.write('x');
});

exports.throwInTimer = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('x');
  setTimeout(() => { throw new Error('late'); }, 20);
  await pause(1000);
});
