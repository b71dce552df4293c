package apigw

import (
	"fmt"
	"strings"
	"testing"
)

func TestPolicy(t *testing.T) {
	const arn = "arn:aws:execute-api:us-east-1:123456789012:1234567890/Prod/GET/items/42"
	for _, test := range []struct {
		name, statements string
		want             effect
	}{
		{"nothing", `[]`, denied},
		{"null", `null`, denied},
		{"one statement without a list", `{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "` + arn + `"}`, allowed},
		{"lists", `[{"Effect": "Allow", "Action": ["execute-api:ManageConnections", "execute-api:Invoke"], "Resource": ["x", "` + arn + `"]}]`, allowed},
		{"empty lists", `[{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": []}]`, denied},
		{"actions in any case", `[{"Effect": "Allow", "Action": "Execute-API:invoke", "Resource": "*"}]`, allowed},
		{"resources as they are", `[{"Effect": "Allow", "Action": "*", "Resource": "ARN:*"}]`, denied},
		{"all actions", `[{"Effect": "Allow", "Action": "*", "Resource": "*"}]`, allowed},
		{"all actions on APIs", `[{"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}]`, allowed},
		{"another action", `[{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]`, denied},
		{"any stage and path", `[{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:execute-api:*:*:*/*/GET/*"}]`, allowed},
		{"any path of another method", `[{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:execute-api:*:*:*/*/POST/*"}]`, denied},
		{"any character", `[{"Effect": "Allow", "Action": "*", "Resource": "*/items/4?"}]`, allowed},
		{"a character too many", `[{"Effect": "Allow", "Action": "*", "Resource": "*/items/42?"}]`, denied},
		{"deny wins, wherever it is", `[{"Effect": "Deny", "Action": "*", "Resource": "*/42"}, {"Effect": "Allow", "Action": "*", "Resource": "*"}]`, deniedExplicitly},
		{"deny wins at the end", `[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*/42"}]`, deniedExplicitly},
		{"deny of another resource", `[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*/43"}]`, allowed},
		{"deny of another action", `[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]`, allowed},
		{"all but another action", `[{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}]`, allowed},
		{"all but this action", `[{"Effect": "Allow", "NotAction": ["s3:*", "execute-api:Invoke"], "Resource": "*"}]`, denied},
		{"all but another resource", `[{"Effect": "Allow", "Action": "*", "NotResource": "*/43"}]`, allowed},
		{"all but this resource", `[{"Effect": "Allow", "Action": "*", "NotResource": "*/42"}]`, denied},
		{"a condition of an allow holds", `[{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {}}]`, allowed},
		{"a condition of a deny does not", `[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {}}]`, allowed},
	} {
		p, err := parsePolicy(fmt.Appendf(nil, `{"Version": "2012-10-17", "Statement": %s}`, test.statements))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := p.on(arn); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
		if p.conditional != strings.Contains(test.statements, "Condition") {
			t.Errorf("%s: conditional is %v", test.name, p.conditional)
		}
	}
}

func TestPolicyIsInvalid(t *testing.T) {
	for document, want := range map[string]string{
		`"{}"`:                   "policyDocument is a string, and must be an object",
		`null`:                   "policyDocument is null, and must be an object",
		`{"statement": []}`:      "policyDocument has no Statement",
		`{"Statement": "Allow"}`: "statement 1 of policyDocument is a string, and must be an object",
		`{"Statement": [{}]}`:    "statement 1 of policyDocument has no Effect",
		`{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "allow"}]}`: `statement 2 of policyDocument has the Effect "allow"`,
		`{"Statement": [{"Effect": "Deny", "Resource": "*"}]}`:                                      "has no Action",
		`{"Statement": [{"Effect": "Deny", "Action": "*"}]}`:                                        "has no Resource",
		`{"Statement": [{"Effect": "Deny", "Action": 1, "Resource": "*"}]}`:                         "has the Action 1, and must have a string or a list of strings",
		`{"Statement": [{"Effect": "Deny", "Action": null, "Resource": "*"}]}`:                      "has the Action null, and must",
		`{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": ["*", 1]}]}`:                  "has the Resource a list, and must",
	} {
		if _, err := parsePolicy([]byte(document)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", document, err, want)
		}
	}
}

func TestWildcard(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"*", "", true},
		{"**", "abc", true},
		{"?", "", false},
		{"a*c", "abbc", true},
		{"a*c", "abcd", false},
		{"*abc", "ababc", true},
		{"a*b*c", "a-b-b-c", true},
		{"a*b?c", "abbbc", true},
		{"*?*?", "a", false},
		{"*?*?", "ab", true},
		{strings.Repeat("a*", 50) + "b", strings.Repeat("a", 1000), false},
	} {
		if got := wildcard(test.pattern, test.text); got != test.want {
			t.Errorf("%q describes %q: %v, want %v", test.pattern, test.text, got, test.want)
		}
	}
}
