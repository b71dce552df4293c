// A hello behind an API, with one line of log.
exports.handler = async (event) => {
  console.log('Saying hello to ' + event.path)
  return { statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: '{"message":"Hello, World"}' }
}
