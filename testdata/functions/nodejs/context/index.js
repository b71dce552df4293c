'use strict';

function answer(context, value) {
  return context.succeed ? context.succeed(value) : value;
}

exports.keys = (event, context) => answer(context, Object.keys(context).join(' '));

exports.values = (event, context) => answer(context, {
  id: context.awsRequestId,
  arn: context.invokedFunctionArn,
  name: context.functionName,
  version: context.functionVersion,
  memory: context.memoryLimitInMB,
  group: context.logGroupName,
  stream: /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/.test(context.logStreamName),
  time: context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= 900000,
});

exports.process = (event, context) => answer(context, {
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  trace: /^Root=1-/.test(process.env._X_AMZN_TRACE_ID),
  main: require.main !== module,
});
