// What a developer would write to call a handler once: the yardstick for a
// cold invoke.
const event = JSON.parse(require('fs').readFileSync(process.argv[3], 'utf8'))
const result = require(process.argv[2] + '/index').handler(event, {})
Promise.resolve(result).then((value) => console.log(JSON.stringify(value)))
