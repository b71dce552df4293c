'use strict';

// The context object, with the keys of each era in the order of AWS's clients.

const env = process.env;
const functionName = env.AWS_LAMBDA_FUNCTION_NAME;
const functionVersion = env.AWS_LAMBDA_FUNCTION_VERSION;
const memoryLimitInMB = env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
const logGroupName = env.AWS_LAMBDA_LOG_GROUP_NAME;
const logStreamName = env.AWS_LAMBDA_LOG_STREAM_NAME;

function parse(headers, header, name) {
  const text = headers[header];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('Cannot parse ' + name + ' as json: ' + error);
  }
}

// create throws if the caller's client context or identity is not JSON.
exports.create = function (runtime, invocation) {
  const headers = invocation.headers;
  const deadline = headers['lambda-runtime-deadline-ms'];
  const clientContext = parse(headers, 'lambda-runtime-client-context', 'ClientContext');
  const identity = parse(headers, 'lambda-runtime-cognito-identity', 'CognitoIdentity');
  const invokedFunctionArn = headers['lambda-runtime-invoked-function-arn'];
  const awsRequestId = invocation.id;
  function getRemainingTimeInMillis() {
    return deadline - Date.now();
  }

  if (runtime.era >= 24) {
    return {
      clientContext, identity, invokedFunctionArn, awsRequestId,
      tenantId: headers['lambda-runtime-aws-tenant-id'],
      xRayTraceId: headers['lambda-runtime-trace-id'],
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
  Object.assign(context, {
    functionVersion, functionName, memoryLimitInMB, logGroupName, logStreamName, clientContext, identity,
    invokedFunctionArn, awsRequestId,
  });
  const tenantId = headers['lambda-runtime-aws-tenant-id'];
  if (tenantId !== undefined) context.tenantId = tenantId;
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
  if (runtime.era < 10) Object.assign(context, { done, succeed, fail });
  else Object.assign(context, { succeed, fail, done });
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
