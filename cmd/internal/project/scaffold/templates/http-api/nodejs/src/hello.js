'use strict'

// event is a request, in the format 2.0 of HTTP APIs. What the authorizer says of
// the caller is in event.requestContext.authorizer.lambda.
exports.handler = async (event) => {
  const caller = ((event.requestContext || {}).authorizer || {}).lambda || {}
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ message: `hello ${caller.name || 'world'}` })
  }
}
