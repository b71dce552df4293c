package bootstraps

import (
	"slices"
	"strconv"
	"strings"
)

// version holds as many leading numbers of a version as are known: {3, 11, 7},
// {20}, or none at all.
type version []int

// parseVersion reads numbers with dots between them; anything else is no version.
func parseVersion(s string) version {
	var v version
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return nil
		}
		v = append(v, int(n))
	}
	return v
}

func (v version) String() string {
	parts := make([]string, len(v))
	for i, n := range v {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}

// agrees says whether both may be the same version as far as they are known.
func (v version) agrees(w version) bool {
	n := min(len(v), len(w))
	return slices.Equal(v[:n], w[:n])
}

// compareStandIns orders versions by how well they stand in for want: newer
// before older, near before far. It looks no closer than want does: any 20.y.z
// is as good for Node.js 18 as any other.
func compareStandIns(a, b, want version) int {
	a, b = a[:min(len(a), len(want))], b[:min(len(b), len(want))]
	aOlder, bOlder := slices.Compare(a, want) < 0, slices.Compare(b, want) < 0
	switch {
	case aOlder && bOlder:
		return slices.Compare(b, a)
	case aOlder:
		return 1
	case bOlder:
		return -1
	}
	return slices.Compare(a, b)
}

// versionIn guesses a version from the name of a file or a directory:
// "python3.11", "v20.1.0", "cp311-cp311", "cpython-3.8.18-linux-x86_64-gnu".
func versionIn(name string, lang Language) version {
	start := strings.IndexAny(name, "0123456789")
	if start < 0 {
		return nil
	}
	numbers, rest := name[start:], ""
	if end := strings.IndexFunc(numbers, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); end >= 0 {
		numbers, rest = numbers[:end], numbers[end:]
	}
	// What is not quite a release ("3.13.0rc1", "3.13.0t") comes after those.
	if rest != "" && rest[0] != '-' {
		numbers = numbers[:max(0, strings.LastIndexByte(numbers, '.'))]
	}
	if versionOf := lang.traits().versionOf; versionOf != nil {
		numbers = versionOf(numbers)
	}
	return parseVersion(numbers)
}
