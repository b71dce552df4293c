// The stock HTTP server with a handler behind it: what the reference proxy
// stands in front of.
const http = require('http')
const { handler } = require(process.argv[2] + '/index')

const server = http.createServer(async (req, res) => {
  const result = await handler({ httpMethod: req.method, path: req.url }, {})
  res.statusCode = result.statusCode
  for (const name in result.headers) res.setHeader(name, result.headers[name])
  res.end(result.body)
})
server.keepAliveTimeout = 0 // the proxy's connections survive its pauses
server.listen(0, '127.0.0.1', () => console.log('Running on http://127.0.0.1:' + server.address().port))
