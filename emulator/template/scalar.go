package template

import (
	"math/big"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar gives a scalar its kind and its canonical text, by YAML 1.1's rules
// for plain ones (https://yaml.org/type/): yes is a boolean, 010 is eight. Dates
// stay strings, as in CloudFormation.
func scalar(n *yaml.Node) (Kind, string) {
	switch {
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0, n.Tag == "!!str" && n.Style&yaml.TaggedStyle != 0:
		return String, n.Value
	case strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!"):
		return String, n.Value // the argument of a function
	}
	return plainScalar(n.Value)
}

func plainScalar(text string) (Kind, string) {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null, ""
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON":
		return Bool, "true"
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF":
		return Bool, "false"
	}
	if !strings.ContainsRune("+-.0123456789", rune(text[0])) {
		return String, text
	}
	if canonical, ok := integer(text); ok {
		return Int, canonical
	}
	if canonical, ok := float(text); ok {
		return Float, canonical
	}
	return String, text
}

// integer reads decimal, octal (leading 0), hexadecimal, binary and base-60
// numbers, with underscores.
func integer(text string) (string, bool) {
	sign, digits := "", text
	if digits[0] == '+' || digits[0] == '-' {
		sign, digits = strings.TrimPrefix(digits[:1], "+"), digits[1:]
	}
	digits = strings.ReplaceAll(digits, "_", "")
	base := 10
	switch {
	case strings.Contains(digits, ":"):
		return sexagesimal(sign, digits)
	case strings.HasPrefix(digits, "0b"):
		base, digits = 2, digits[2:]
	case strings.HasPrefix(digits, "0x"):
		base, digits = 16, digits[2:]
	case len(digits) > 1 && digits[0] == '0':
		base = 8
	}
	if digits == "" || digits[0] == '+' || digits[0] == '-' {
		return "", false
	}
	number, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return "", false
	}
	if number.Sign() == 0 {
		sign = ""
	}
	return sign + number.String(), true
}

// sexagesimal reads 1:30 as 90.
func sexagesimal(sign, digits string) (string, bool) {
	total := int64(0)
	for i, part := range strings.Split(digits, ":") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || i > 0 && (n > 59 || len(part) > 2) || i == 0 && part[0] == '0' || i > 6 {
			return "", false
		}
		total = total*60 + int64(n)
	}
	return sign + strconv.FormatInt(total, 10), true
}

// float reads decimal fractions. An exponent needs a point and a sign: 1e3 is
// a string.
func float(text string) (string, bool) {
	digits := strings.ReplaceAll(strings.TrimLeft(text[:1], "+-")+text[1:], "_", "")
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(digits), "e")
	if !strings.Contains(mantissa, ".") || strings.Trim(mantissa, "0123456789.") != "" || strings.Trim(mantissa, ".") == "" {
		return "", false
	}
	if hasExponent && (exponent == "" || exponent[0] != '+' && exponent[0] != '-') {
		return "", false
	}
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return "", false
	}
	if text[0] == '-' {
		value = -value
	}
	canonical := strconv.FormatFloat(value, 'g', -1, 64)
	if !strings.ContainsAny(canonical, ".e") {
		canonical += ".0"
	}
	return canonical, true
}
