package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What a schema cannot say: references between the parts of a template.

// checkReferences finds names in a resource that lead nowhere.
func (t *Template) checkReferences(r Resource) []*Error {
	var found []*Error
	fail := func(at *Value, format string, args ...any) { found = append(found, at.errorf(r.ID, format, args...)) }
	dependsOn := r.Value.Get("DependsOn")
	for _, name := range names(dependsOn) {
		if t.scope.resources[name.Text] == nil {
			fail(name, "DependsOn names %s, and there is no such resource", name.Text)
		}
	}
	if condition := r.Value.Get("Condition"); condition.IsScalar() && t.scope.conditions.Get(condition.Text) == nil {
		fail(condition, "there is no condition %s", condition.Text)
	}
	events := r.Value.Get("Properties", "Events")
	if events == nil || events.Kind != Map {
		return found
	}
	for _, event := range events.Entries {
		bucket := event.Value.Get("Properties", "Bucket")
		if event.Value.Get("Type").text() == "S3" && !t.isBucket(bucket) {
			fail(bucket, "the event %s: Bucket must be a bucket of this template (!Ref its logical id)", event.Key)
		}
	}
	return found
}

// isBucket tells whether the Bucket of an S3 event leads to one: SAM adds the
// notification to that resource. What is missing or computed is others' affair.
func (t *Template) isBucket(v *Value) bool {
	call, arg := v.function()
	if v == nil || call != "" && call != "Ref" {
		return true
	}
	name := v
	if call == "Ref" {
		name = arg
	}
	return t.scope.parameters[name.text()] != nil || t.scope.resources[name.text()].Get("Type").text() == "AWS::S3::Bucket"
}

// names are the strings of a string or a list.
func names(v *Value) []*Value {
	switch {
	case v.IsScalar():
		return []*Value{v}
	case v != nil && v.Kind == List:
		return slices.DeleteFunc(slices.Clone(v.Items), func(item *Value) bool { return !item.IsScalar() })
	}
	return nil
}

// checkRoutes finds routes that two functions claim.
func (t *Template) checkRoutes() []*Error {
	type key struct{ api, method, path string }
	first := make(map[key]Route)
	var found []*Error
	f := newRouteFinder(t, nil)
	for i := range t.resources {
		f.events(&t.resources[i])
	}
	for _, route := range f.routes {
		k := key{route.API.ID, route.Method, route.Path}
		if earlier, taken := first[k]; taken && earlier.Function != route.Function {
			found = append(found, &Error{Position: route.At, Resource: route.Function,
				Message: fmt.Sprintf("the route %s %s of %s is taken by %s", route.Method, route.Path, route.API.ID, earlier.Function)})
			continue
		}
		first[k] = route
	}
	return found
}

// checkCycles finds resources that depend on each other in a circle.
func (t *Template) checkCycles() []*Error {
	needs := make(map[string][]string)
	for _, r := range t.resources {
		seen := make(map[string]bool)
		for _, name := range names(r.Value.Get("DependsOn")) {
			seen[name.Text] = true
		}
		t.collect(r.Value.Get("Properties"), seen)
		for _, name := range slices.Sorted(maps.Keys(seen)) {
			if t.scope.resources[name] != nil {
				needs[r.ID] = append(needs[r.ID], name)
			}
		}
	}
	var found []*Error
	state := make(map[string]int) // 1: on the way, 2: done
	var path []string
	var visit func(id string)
	visit = func(id string) {
		state[id] = 1
		path = append(path, id)
		for _, next := range needs[id] {
			switch {
			case state[next] == 1:
				circle := append(slices.Clone(path[slices.Index(path, next):]), next)
				found = append(found, &Error{Position: t.resourceAt(id), Resource: id,
					Message: "the resources depend on each other in a circle: " + strings.Join(circle, " -> ")})
			case state[next] == 0:
				visit(next)
			}
		}
		path = path[:len(path)-1]
		state[id] = 2
	}
	for _, r := range t.resources {
		if state[r.ID] == 0 {
			visit(r.ID)
		}
	}
	return found
}

func (t *Template) resourceAt(id string) Position {
	return t.root.Get("Resources").KeyPosition(id)
}

// collect notes the names that Ref, Fn::GetAtt and Fn::Sub refer to.
func (t *Template) collect(v *Value, seen map[string]bool) {
	if v == nil {
		return
	}
	switch name, arg := v.function(); {
	case name == "Ref":
		seen[arg.text()] = true
	case name == "Fn::GetAtt" && arg.Kind == List && len(arg.Items) > 0:
		seen[arg.Items[0].text()] = true
	case name == "Fn::GetAtt":
		resource, _, _ := strings.Cut(arg.text(), ".")
		seen[resource] = true
	case name == "Fn::Sub":
		text := arg.text()
		if arg.Kind == List && len(arg.Items) > 0 {
			text = arg.Items[0].text()
		}
		for _, part := range strings.Split(text, "${")[1:] {
			variable, _, _ := strings.Cut(part, "}")
			resource, _, _ := strings.Cut(variable, ".")
			seen[strings.TrimSpace(resource)] = true
		}
	}
	for _, item := range v.Items {
		t.collect(item, seen)
	}
	for _, entry := range v.Entries {
		t.collect(entry.Value, seen)
	}
}
