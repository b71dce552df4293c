'use strict'

const assert = require('assert')
const app = require('../app')

const event = { Records: [{ messageId: 'good', body: '{}' }, { messageId: 'bad', body: '{' }] }

app.handler(event).then((result) => {
  assert.deepStrictEqual(result, { batchItemFailures: [{ itemIdentifier: 'bad' }] })
  console.log('ok')
}).catch((err) => {
  console.error(err)
  process.exit(1)
})
