package lambdaapi

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for _, tt := range []struct {
		name, want string // path, and qualifier after a space; or empty: none
	}{
		{"Ratings", "Ratings"},
		{"ratings", "Ratings"},
		{"Stack/Nested", "Stack/Nested"},
		{"Other/Nested", "Other/Nested"},
		{"Nested", "Stack/Nested"},       // the first
		{"nested-name", "Stack/Ratings"}, // a FunctionName beats a logical id
		{"Ratings:live", "Ratings live"},
		{"Ratings:$LATEST", "Ratings $LATEST"},
		{"Ratings:$LATEST.PUBLISHED", "Ratings $LATEST.PUBLISHED"},
		{"Stack/Nested:3", "Stack/Nested 3"},
		{"123456789012:function:ratings", "Ratings"},
		{"123456789012:function:ratings:live", "Ratings live"},
		{"999999999999:function:ratings", "Ratings"},
		{ratingsARN, "Ratings"},
		{ratingsARN + ":3", "Ratings 3"},
		{"arn:aws-cn:lambda:cn-north-1:999999999999:function:ratings:live", "Ratings live"},
		{"RATINGS", ""},
		{"", ""},
		{":", ""},
		{"Ratings:", ""},
		{"Ratings:a b", ""},
		{"Ratings:1:2", ""},
		{"Rat ings", ""},
		{"Rat\x00ings", ""},
		{"12345:function:ratings", ""},
		{"123456789012:layer:ratings", ""},
		{"arn", ""},
		{"arn:aws:lambda:eu-west-1:123456789012:function", ""},
		{"arn:aws:lambda:eu-west-1:123456789012:layer:ratings", ""},
		{"arn:aws:s3:eu-west-1:123456789012:function:ratings", ""},
		{"arn:gcp:lambda:eu-west-1:123456789012:function:ratings", ""},
		{ratingsARN + ":1:2", ""},
	} {
		got := ""
		if fn, qualifier, err := resolve(testFunctions(), tt.name, ""); err == nil {
			got = strings.TrimSpace(fn.Path + " " + qualifier)
		}
		if got != tt.want {
			t.Errorf("%q is %q, want %q", tt.name, got, tt.want)
		}
	}
}

// SDKs escape names, people do not.
func TestNamesInPaths(t *testing.T) {
	h := newHarness(t, echo)
	for _, name := range []string{"Stack/Nested:live", "Stack%2FNested%3Alive", "Stack%2fNested%3alive", "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3AStack%2FNested%3Alive"} {
		w := h.ask("POST", "/2015-03-31/functions/"+name+"/invocations", "", "")
		if want := "Stack/Nested {} arn:aws:lambda:eu-west-1:123456789012:function:Nested:live"; strings.TrimSpace(w.Body.String()) != want {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

func TestEqualQualifiersAgree(t *testing.T) {
	if _, qualifier, err := resolve(testFunctions(), "Ratings:live", "live"); err != nil || qualifier != "live" {
		t.Error(qualifier, err)
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("Ratings", "")
	f.Add("Stack%2FNested:live", "live")
	f.Add(url.PathEscape(ratingsARN)+":3", "3")
	f.Add("123456789012:function:ratings:$LATEST", "$LATEST")
	f.Add("arn:aws:lambda:::function:", "a")
	functions := testFunctions()
	f.Fuzz(func(t *testing.T, name, qualifier string) {
		fn, got, err := resolve(functions, name, qualifier)
		if err != nil {
			var refused *refusal
			if !errors.As(err, &refused) || refused.status/100 != 4 || fn != nil {
				t.Fatalf("%q, %q: %v", name, qualifier, err)
			}
			return
		}
		named := strings.TrimSuffix(name, ":"+got)
		named = named[strings.LastIndexByte(named, ':')+1:]
		if named != fn.FunctionName && named != fn.Path && named != fn.LogicalID {
			t.Errorf("%q is %s", name, fn.Path)
		}
		if got != "" && got != qualifier && !strings.HasSuffix(name, ":"+got) || qualifier != "" && got != qualifier {
			t.Errorf("%q, %q: the qualifier is %q", name, qualifier, got)
		}
	})
}
