// Package events makes sample events of AWS services.
//
// An event is a file in data: its flags, and its payload in YAML. What stands in
// the payload for a flag, a time or an id, and how AWS encodes it there, is part
// of the file; this package knows no event. The command line is not its affair.
//
//	summary: A message of a queue
//	docs: https://docs.aws.amazon.com/...    # where AWS describes the payload
//	flags:
//	  region:                                # without an entry of its own: that of common.yaml
//	  body: {help: Body of the message, default: Hello}
//	let:                                     # values with a name, made once
//	  arn: arn:aws:sqs:${region}:123456789012:queue
//	event:
//	  messageId: ${uuid}
//	  body: ${body}
//	  md5OfBody: !md5 ${body}
//	  sentAt: !!int ${time:epoch-ms}
//
// An event that is like another one takes what it does not say from there; the
// flags that it leaves out keep their defaults.
package events
