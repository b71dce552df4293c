package events

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// TestEncodings checks that values are encoded as AWS does it.
func TestEncodings(t *testing.T) {
	for command, want := range map[string][]string{
		"s3 put --key red flower/ü+1.jpg":         {`"key": "red+flower/%C3%BC%2B1.jpg"`},
		"s3 - --bucket b --key a b":               {`"name": "b"`, `"arn": "arn:aws:s3:::b"`, `"key": "a+b"`},
		"eventbridge s3-object-created --key a b": {`"key": "a b"`},
		"kinesis get-records --data <&>":          {`"data": "PCY+"`},
		"kinesis - --data ü --partition p":        {`"data": "w7w="`, `"partitionKey": "p"`, `"arn:aws:kinesis:us-east-1:`},
		"sqs receive-message --body <&>":          {`"body": "<&>"`, `"md5OfBody": "e221f9cd324af003c67bd09951ba8089"`},
		"sns - --topic arn:aws:sns:eu-west-1:1:T": {`"TopicArn": "arn:aws:sns:eu-west-1:1:T"`, `"EventSubscriptionArn": "arn:aws:sns:eu-west-1:1:T:`},
		"api - --body ":                           {`"body": null`, `"isBase64Encoded": false`},
		"api - --path a/b --method PUT":           {`"path": "/a/b"`, `"proxy": "a/b"`, `"body": "{ \"test\": \"body\"}"`, `"httpMethod": "PUT"`},
		"apigateway aws-proxy --body x":           {`"body": "eA=="`, `"isBase64Encoded": true`},
		`apigateway aws-proxy --querystringparameters {"a":"1"}`: {`"multiValueQueryStringParameters": {
    "a": [
      "1"
    ]
  }`},
		`iot rule --payload 7`:                 {"7\n"},
		`eventbridge custom --detail [1.50]`:   {"1.50\n"}, // numbers keep their digits
		"msk records --topic t --key k":        {`"t-0": [`, `"key": "aw=="`},
		"config periodic-rule --account-id 12": {`"invokingEvent": "{\"awsAccountId\":\"12\",`},
	} {
		fields := strings.SplitN(command, " ", 3)
		event, err := Load(fields[0], strings.TrimPrefix(fields[1], "-"))
		if err != nil {
			t.Fatal(err)
		}
		values := make(map[string]string)
		for _, flag := range strings.Split(" "+fields[2], " --")[1:] {
			name, value, _ := strings.Cut(flag, " ")
			values[name] = value
		}
		got := string(payload(t, event, values))
		for _, text := range want {
			if !strings.Contains(got, text) {
				t.Errorf("%s: lacks %s\n%s", command, text, got)
			}
		}
	}
}

func TestGzip(t *testing.T) {
	event, err := Load("cloudwatch", "logs")
	if err != nil {
		t.Fatal(err)
	}
	var logs struct{ Awslogs struct{ Data string } }
	if err := json.Unmarshal(payload(t, event, nil), &logs); err != nil {
		t.Fatal(err)
	}
	compressed, err := base64.StdEncoding.DecodeString(logs.Awslogs.Data)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil || !bytes.Contains(data, []byte(`"messageType":"DATA_MESSAGE"`)) {
		t.Errorf("%v: %s", err, data)
	}
}
