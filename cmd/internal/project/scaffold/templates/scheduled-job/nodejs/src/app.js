'use strict'

// event.time is when the job was due:
// https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
exports.handler = async (event) => {
  const due = new Date(event.time || Date.now())
  console.log(`the job of ${due.toISOString()} runs`)
  return { due: due.toISOString() }
}
