'use strict'

const work = async (job) => {
  console.log('job', job)
}

// event has up to ten messages. Those that are named in the response stay in the
// queue, and come again:
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
exports.handler = async (event) => {
  const batchItemFailures = []
  for (const message of event.Records || []) {
    try {
      await work(JSON.parse(message.body))
    } catch (err) {
      console.error(message.messageId, err)
      batchItemFailures.push({ itemIdentifier: message.messageId })
    }
  }
  return { batchItemFailures }
}
