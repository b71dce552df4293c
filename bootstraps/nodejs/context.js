'use strict';

// The context object, with the keys of each era in the order of AWS's clients.

const env = process.env;
const functionName = env.AWS_LAMBDA_FUNCTION_NAME;
const functionVersion = env.AWS_LAMBDA_FUNCTION_VERSION;
const memoryLimitInMB = env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
const logGroupName = env.AWS_LAMBDA_LOG_GROUP_NAME;
const logStreamName = env.AWS_LAMBDA_LOG_STREAM_NAME;

function parse(text, name) {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('Cannot parse ' + name + ' as json: ' + error);
  }
}

// create throws if the caller's client context or identity is not JSON.
exports.create = function (runtime, invocation) {
  const head = invocation.head;
  const deadline = head.deadline;
  const clientContext = parse(head.clientContext, 'ClientContext');
  const identity = parse(head.identity, 'CognitoIdentity');
  const invokedFunctionArn = head.functionArn;
  const awsRequestId = invocation.id;
  function getRemainingTimeInMillis() {
    return deadline - Date.now();
  }

  if (runtime.era >= 24) {
    return {
      clientContext, identity, invokedFunctionArn, awsRequestId,
      tenantId: head.tenantId,
      xRayTraceId: head.traceId,
      getRemainingTimeInMillis, functionName, functionVersion, memoryLimitInMB, logGroupName, logStreamName,
    };
  }
  const context = {
    get callbackWaitsForEmptyEventLoop() { return invocation.waitsForEmptyEventLoop; },
    set callbackWaitsForEmptyEventLoop(value) { invocation.waitsForEmptyEventLoop = value; },
  };
  if (runtime.era < 10) {
    addCallbacks(context, runtime, invocation);
    Object.assign(context, {
      logGroupName, logStreamName, functionName, memoryLimitInMB, functionVersion, getRemainingTimeInMillis,
    });
    if (clientContext !== undefined) context.clientContext = clientContext;
    if (identity !== undefined) context.identity = identity;
    return Object.assign(context, { invokeid: awsRequestId, awsRequestId, invokedFunctionArn });
  }
  if (runtime.streaming === null) addCallbacks(context, runtime, invocation);
  context.functionVersion = functionVersion;
  context.functionName = functionName;
  context.memoryLimitInMB = memoryLimitInMB;
  context.logGroupName = logGroupName;
  context.logStreamName = logStreamName;
  context.clientContext = clientContext;
  context.identity = identity;
  context.invokedFunctionArn = invokedFunctionArn;
  context.awsRequestId = awsRequestId;
  if (head.tenantId !== undefined) context.tenantId = head.tenantId;
  context.getRemainingTimeInMillis = getRemainingTimeInMillis;
  return context;
};

// Unlike the callback these do not wait for an empty event loop.
function addCallbacks(context, runtime, invocation) {
  function succeed(value) {
    if (invocation.answer()) runtime.succeed(invocation, value);
  }
  function fail(error) {
    if (invocation.answer()) runtime.fail(invocation, isNone(error) ? 'handled' : error);
  }
  function done(error, value) {
    if (isNone(error)) succeed(value);
    else fail(error);
  }
  if (runtime.era < 10) context.done = done;
  context.succeed = succeed;
  context.fail = fail;
  if (runtime.era >= 10) context.done = done;
}

exports.callback = function (runtime, invocation) {
  return function callback(error, value) {
    if (!invocation.answer()) return;
    if (!isNone(error)) runtime.fail(invocation, error);
    else if (invocation.waitsForEmptyEventLoop) invocation.result = value;
    else runtime.succeed(invocation, value);
  };
};

function isNone(error) {
  return error === undefined || error === null;
}
