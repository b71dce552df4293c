package process

import "testing"

// ForgetGroups has the test find no control groups.
func ForgetGroups(t *testing.T) {
	found := cagePlace
	cagePlace = func() *groups { return new(groups) }
	t.Cleanup(func() { cagePlace = found })
}
