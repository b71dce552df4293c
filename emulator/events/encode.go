package events

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// encode applies the tag of a value to its text, or to its JSON if it is no text.
// The result is JSON. The tags of YAML itself change nothing here.
func encode(tag, value string) (string, error) {
	text := textOf(value)
	switch tag {
	case "!base64":
		return quote(base64.StdEncoding.EncodeToString([]byte(text))), nil
	case "!gzip":
		return compress(text)
	case "!json": // JSON in a string
		return quote(text), nil
	case "!md5":
		sum := md5.Sum([]byte(text))
		return quote(hex.EncodeToString(sum[:])), nil
	case "!multi":
		return multi(text)
	case "!optional": // API Gateway's null for a body that is empty
		if text == "" {
			return "null", nil
		}
		return quote(text), nil
	case "!parse": // JSON that a flag has
		return text, nil
	case "!relative": // a path without the slash in front
		return quote(strings.TrimLeft(text, "/")), nil
	case "!url":
		return quote(objectKey(text)), nil
	}
	if !strings.HasPrefix(tag, "!!") {
		return "", fmt.Errorf("there is no encoding %s", tag)
	}
	return value, nil
}

// compress returns text in gzip and base64, as CloudWatch Logs sends it.
func compress(text string) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return quote(base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

// objectKey encodes the key of an object as notifications of S3 do: as a form
// does, but for slashes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
func objectKey(key string) string {
	return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/")
}

// multi makes lists of the values of an object.
func multi(text string) (string, error) {
	var single map[string]string
	if err := json.Unmarshal([]byte(text), &single); err != nil {
		return "", err
	}
	lists := make(map[string][]string, len(single))
	for name, value := range single {
		lists[name] = []string{value}
	}
	return marshal(lists), nil
}

// quote returns text as a JSON string.
func quote(text string) string { return marshal(text) }

func marshal(value any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // as AWS and SAM CLI write JSON
	_ = encoder.Encode(value)    // strings and lists of them always have JSON
	return strings.TrimSuffix(b.String(), "\n")
}

// textOf returns the text of a JSON string, and other JSON as it is.
func textOf(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return value
	}
	return text
}
