'use strict'

// event has a record for each file:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
exports.handler = async (event) => {
  const files = (event.Records || []).map(({ s3 }) => ({
    bucket: s3.bucket.name,
    key: decodeURIComponent(s3.object.key.replace(/\+/g, ' ')), // S3 encodes keys as forms are
    size: s3.object.size
  }))
  for (const file of files) {
    console.log(`${file.bucket}: ${file.key}, ${file.size} bytes`)
  }
  return files
}
