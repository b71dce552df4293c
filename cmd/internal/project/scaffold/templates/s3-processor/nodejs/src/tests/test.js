'use strict'

const assert = require('assert')
const app = require('../app')

const event = { Records: [{ s3: { bucket: { name: 'uploads' }, object: { key: 'a+b%21.txt', size: 3 } } }] }

app.handler(event).then((files) => {
  assert.deepStrictEqual(files, [{ bucket: 'uploads', key: 'a b!.txt', size: 3 }])
  console.log('ok')
}).catch((err) => {
  console.error(err)
  process.exit(1)
})
