'use strict'

const assert = require('assert')
const authorizer = require('../authorizer')
const hello = require('../hello')

const main = async () => {
  const response = await hello.handler({ requestContext: { authorizer: { lambda: { name: 'Ada' } } } })
  assert.deepStrictEqual(JSON.parse(response.body), { message: 'hello Ada' })

  process.env.TOKEN = 'secret'
  assert.strictEqual((await authorizer.handler({ headers: { authorization: 'Bearer secret' } })).isAuthorized, true)
  assert.strictEqual((await authorizer.handler({ headers: {} })).isAuthorized, false)
  console.log('ok')
}

main().catch((err) => {
  console.error(err)
  process.exit(1)
})
