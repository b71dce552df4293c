package lambdaapi

import (
	"strings"

	"sam/emulator"
)

// A reference is how a client names a function.
type reference struct {
	name      string // FunctionName, path or logical id
	qualifier string // version or alias, or empty
}

// parseReference takes the forms that AWS documents (name, partial ARN, ARN,
// each with a qualifier or without), and paths among nested stacks for names.
// Region and account of an ARN do not matter: code that is under test here names
// those that it is deployed to.
func parseReference(text string) (ref reference, ok bool) {
	parts := strings.Split(text, ":")
	switch {
	case parts[0] == "arn": // arn:aws:lambda:region:account:function:name
		if len(parts) < 7 || !strings.HasPrefix(parts[1], "aws") || parts[2] != "lambda" || parts[5] != "function" {
			return ref, false
		}
		parts = parts[6:]
	case len(parts) > 2 && parts[1] == "function" && isAccount(parts[0]):
		parts = parts[2:]
	}
	if len(parts) > 2 || !isName(parts[0]) {
		return ref, false
	}
	ref.name = parts[0]
	if len(parts) == 2 {
		ref.qualifier = parts[1]
		return ref, isQualifier(ref.qualifier)
	}
	return ref, true
}

// resolve finds the function that a client asks for: name is from the path,
// qualifier from the query.
func resolve(functions []emulator.Function, name, qualifier string) (*emulator.Function, string, error) {
	ref, ok := parseReference(name)
	if !ok {
		return nil, "", invalidName(name)
	}
	if qualifier != "" && !isQualifier(qualifier) {
		return nil, "", invalidQualifier(qualifier)
	}
	if qualifier != "" && ref.qualifier != "" && qualifier != ref.qualifier {
		return nil, "", qualifiersDiffer()
	}
	if ref.qualifier == "" {
		ref.qualifier = qualifier
	}
	fn := ref.find(functions)
	if fn == nil {
		return nil, "", notFound(functions, ref)
	}
	return fn, ref.qualifier, nil
}

// find prefers the name that a function has on AWS, because nothing else names
// it there, and then the function nearest to the root of nested stacks.
func (ref reference) find(functions []emulator.Function) *emulator.Function {
	for _, name := range []func(*emulator.Function) string{
		func(f *emulator.Function) string { return f.FunctionName },
		func(f *emulator.Function) string { return f.Path },
		func(f *emulator.Function) string { return f.LogicalID },
	} {
		for i := range functions {
			if name(&functions[i]) == ref.name {
				return &functions[i]
			}
		}
	}
	return nil
}

// arn is the ARN of a function, qualified if it was asked for so.
func arn(fn *emulator.Function, qualifier string) string {
	if qualifier == "" {
		return fn.ARN()
	}
	return fn.ARN() + ":" + qualifier
}

// version is what runs under a qualifier. AWS tells the version that an alias
// stands for; here every alias stands for the code as it is now.
func version(qualifier string) string {
	if consists(qualifier, isDigit) {
		return qualifier
	}
	return "$LATEST"
}

func isAccount(text string) bool { return len(text) == 12 && consists(text, isDigit) }

func isName(text string) bool {
	return consists(text, func(c byte) bool { return isWord(c) || c == '.' || c == '/' })
}

func isQualifier(text string) bool {
	return text == "$LATEST.PUBLISHED" || len(text) <= 128 && consists(text, func(c byte) bool { return isWord(c) || c == '$' })
}

func isWord(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// consists says whether a text is of such characters, one at least.
func consists(text string, such func(byte) bool) bool {
	for i := range len(text) {
		if !such(text[i]) {
			return false
		}
	}
	return text != ""
}
