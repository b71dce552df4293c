// A runtime on the standard library's HTTP client: the yardstick for warm
// invocations.
const http = require('http')
const { handler } = require(process.env.LAMBDA_TASK_ROOT + '/index')

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':')
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const base = '/2018-06-01/runtime/invocation/'

function request (method, path, body) {
  return new Promise((resolve, reject) => {
    const req = http.request({ host, port, agent, method, path, headers: body ? { 'Content-Length': Buffer.byteLength(body) } : {} }, (res) => {
      const chunks = []
      res.on('data', (chunk) => chunks.push(chunk))
      res.on('end', () => resolve({ headers: res.headers, body: Buffer.concat(chunks).toString() }))
    })
    req.on('error', reject)
    req.end(body)
  })
}

async function main () {
  for (;;) {
    const next = await request('GET', base + 'next')
    const result = JSON.stringify(await handler(JSON.parse(next.body), {}))
    await request('POST', base + next.headers['lambda-runtime-aws-request-id'] + '/response', result)
  }
}

main()
