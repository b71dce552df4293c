package local

import (
	"strings"
	"testing"
)

func TestGenerateEvent(t *testing.T) {
	for line, want := range map[string]string{
		`iot rule --payload '{"a": "b c"}'`:                           "{\n  \"a\": \"b c\"\n}\n",
		`stepfunctions error --error "a b" --cause=c`:                 "{\n  \"Error\": \"a b\",\n  \"Cause\": \"c\"\n}\n",
		"secretsmanager rotation --time 2026-07-01T12:00:00+02:00":    `"Step": "createSecret"`,
		"schedule -r eu-west-1":                                       `"region": "eu-west-1"`,
		"cloudwatch scheduled-event --time 2026-07-01T12:00:00+02:00": `"time": "2026-07-01T10:00:00Z"`,
	} {
		event, err := generateEvent(line)
		if err != nil || !strings.Contains(string(event), want) {
			t.Errorf("%s: %v %s, want %s", line, err, event, want)
		}
	}
}

func TestGenerateEventErrors(t *testing.T) {
	for line, want := range map[string][2]string{
		"s4 put":                        {`no such service: "s4"`, "did you mean s3?"},
		"lamda function-url":            {`no such service: "lamda"`, "did you mean lambda?"},
		"put s3":                        {`no such service: "put"`, "there are: alb, "},
		"help":                          {`no such service: "help"`, "there are: alb, "},
		"s3 puts":                       {`no such event of s3: "puts"`, "did you mean put?"},
		"sqs put":                       {`no such event of sqs: "put"`, "there are: receive-fifo-message, receive-message"},
		"s3 put x":                      {"got unexpected extra argument (x)", ""},
		"s3 put --buckt b":              {"no such option: --buckt", "did you mean --bucket?"},
		"s3 put -b b":                   {"no such option: -b", "there are: --"},
		"s3 -x b":                       {"no such option: -x", "there are: --"},
		"s3 put --bucket":               {"flag needs an argument: --bucket", ""},
		"s3 put --time later":           {`--time: "later" is neither now nor a time such as 2026-07-01T12:00:00Z`, ""},
		"kinesis syslog --data a,b":     {`--data: "a,b" is not base64`, ""},
		"eventbridge custom --detail={": {`--detail: "{" is not JSON`, ""},
		"s3":                            {`"s3" names no event`, "'sam local generate-event' lists services"},
		" ":                             {`" " names no event`, "'sam local generate-event' lists services"},
		"s3 put --help":                 {`"s3 put --help" names no event`, "'sam local generate-event' lists services"},
	} {
		_, err := generateEvent(line)
		if err == nil || err.Error() != want[0] {
			t.Errorf("%s: %v, want %s", line, err, want[0])
			continue
		}
		hint := ""
		if hinter, hints := err.(interface{ Hint() string }); hints {
			hint = hinter.Hint()
		}
		if !strings.HasPrefix(hint, want[1]) || hint != "" && want[1] == "" {
			t.Errorf("%s: the hint is %q, want %q", line, hint, want[1])
		}
	}
}
