'use strict'

const assert = require('assert')
const app = require('../app')

app.handler({ time: '2026-07-01T12:00:00Z' }).then((result) => {
  assert.deepStrictEqual(result, { due: '2026-07-01T12:00:00.000Z' })
  console.log('ok')
}).catch((err) => {
  console.error(err)
  process.exit(1)
})
