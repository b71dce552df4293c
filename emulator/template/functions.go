package template

import (
	"encoding/base64"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// call resolves a function of CloudFormation.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
func (s *scope) call(v *Value, name string, arg *Value) *Value {
	switch name {
	case "Ref":
		return s.withText(v, name, arg, func(text string) *Value { return s.ref(v, text) })
	case "Fn::GetAtt":
		return s.callGetAtt(v, arg)
	case "Fn::Sub":
		return s.callSub(v, arg)
	case "Fn::Join":
		return s.callJoin(v, arg)
	case "Fn::Split":
		return s.callSplit(v, arg)
	case "Fn::Select":
		return s.callSelect(v, arg)
	case "Fn::FindInMap":
		return s.callFindInMap(v, arg)
	case "Fn::If":
		return s.callIf(v, arg)
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Condition":
		return s.evaluate(v)
	case "Fn::Base64":
		return s.withText(v, name, arg, func(text string) *Value {
			return newString(v.At, base64.StdEncoding.EncodeToString([]byte(text)))
		})
	case "Fn::GetAZs":
		return s.withText(v, name, arg, func(region string) *Value { return s.zones(v, region) })
	case "Fn::Cidr":
		return s.callCidr(v, arg)
	case "Fn::ImportValue":
		return s.withText(v, name, arg, func(export string) *Value {
			if value, ok := s.options.Imports[export]; ok {
				return newString(v.At, value)
			}
			return unresolved(v, "the export %s of another stack is not known (--import-values gives it)", export)
		})
	case "Fn::Transform":
		if name := s.resolve(arg).Get("Name").text(); name != "AWS::Include" {
			return unresolved(v, "the macro %s runs in the cloud only", name)
		}
		return s.include(arg, v)
	case "Fn::Length":
		list := s.resolve(arg)
		if list.Kind == List {
			return &Value{Kind: Int, Text: strconv.Itoa(len(list.Items)), At: v.At}
		}
		return s.otherwise(v, name, list, "a list")
	case "Fn::ToJsonString":
		return s.callToJSON(v, arg)
	}
	return unresolved(v, "%s is not a function that can be resolved locally", name)
}

// withText resolves the argument of a function that takes a string.
func (s *scope) withText(v *Value, name string, arg *Value, then func(string) *Value) *Value {
	value := s.resolve(arg)
	if value.IsScalar() {
		return then(value.Text)
	}
	return s.otherwise(v, name, value, "a string")
}

// otherwise is the result for an argument that is not what it should be: still
// unknown, or wrong.
func (s *scope) otherwise(v *Value, name string, got *Value, want string) *Value {
	if got.Kind == Unresolved {
		return unresolved(v, "%s", got.Text)
	}
	return s.fault(v, "%s takes %s here, and this is %v", name, want, got.Kind)
}

// arguments resolves the list of a function that takes min to max of them.
func (s *scope) arguments(v *Value, name string, arg *Value, min, max int) ([]*Value, *Value) {
	if arg.Kind != List || len(arg.Items) < min || len(arg.Items) > max {
		want := strconv.Itoa(min)
		if max > min {
			want += " to " + strconv.Itoa(max)
		}
		return nil, s.fault(v, "%s takes a list of %s values", name, want)
	}
	values := make([]*Value, len(arg.Items))
	for i, item := range arg.Items {
		values[i] = s.resolve(item)
	}
	return values, nil
}

func (s *scope) callGetAtt(v, arg *Value) *Value {
	var resource, attribute string
	switch parts := s.resolve(arg); {
	case parts.Kind == List && len(parts.Items) >= 2:
		resource = parts.Items[0].text()
		var names []string
		for _, item := range parts.Items[1:] {
			if !item.IsScalar() {
				return s.otherwise(v, "Fn::GetAtt", item, "a string")
			}
			names = append(names, item.Text)
		}
		attribute = strings.Join(names, ".")
	case parts.IsScalar():
		resource, attribute, _ = strings.Cut(parts.Text, ".")
	default:
		return s.otherwise(v, "Fn::GetAtt", parts, "a list of a resource and an attribute")
	}
	if attribute == "" {
		return s.fault(v, "Fn::GetAtt takes a resource and an attribute, such as %s.Arn", resource)
	}
	return s.getAtt(v, resource, attribute)
}

func (s *scope) callJoin(v, arg *Value) *Value {
	args, bad := s.arguments(v, "Fn::Join", arg, 2, 2)
	if bad != nil {
		return bad
	}
	if !args[0].IsScalar() || args[1].Kind != List {
		return s.otherwise(v, "Fn::Join", firstUnresolved(args), "a delimiter and a list")
	}
	texts := make([]string, len(args[1].Items))
	for i, item := range args[1].Items {
		if !item.IsScalar() {
			return s.otherwise(v, "Fn::Join", item, "a list of strings")
		}
		texts[i] = item.Text
	}
	return newString(v.At, strings.Join(texts, args[0].Text))
}

func (s *scope) callSplit(v, arg *Value) *Value {
	args, bad := s.arguments(v, "Fn::Split", arg, 2, 2)
	if bad != nil {
		return bad
	}
	if !args[0].IsScalar() || !args[1].IsScalar() || args[0].Text == "" {
		return s.otherwise(v, "Fn::Split", firstUnresolved(args), "a delimiter and a string")
	}
	out := &Value{Kind: List, At: v.At}
	for _, part := range strings.Split(args[1].Text, args[0].Text) {
		out.Items = append(out.Items, newString(v.At, part))
	}
	return out
}

func (s *scope) callSelect(v, arg *Value) *Value {
	args, bad := s.arguments(v, "Fn::Select", arg, 2, 2)
	if bad != nil {
		return bad
	}
	if args[1].Kind != List || !args[0].IsScalar() {
		return s.otherwise(v, "Fn::Select", firstUnresolved(args), "an index and a list")
	}
	index, err := strconv.Atoi(args[0].Text)
	if err != nil {
		return s.fault(v, "Fn::Select: %q is not an index", args[0].Text)
	}
	if index < 0 || index >= len(args[1].Items) {
		return s.fault(v, "Fn::Select has the index %d, and the list has %d elements", index, len(args[1].Items))
	}
	return args[1].Items[index]
}

// firstUnresolved is the argument to blame: one that is not known yet, else
// the last.
func firstUnresolved(args []*Value) *Value {
	if i := slices.IndexFunc(args, func(v *Value) bool { return v.Kind == Unresolved }); i >= 0 {
		return args[i]
	}
	return args[len(args)-1]
}

func (s *scope) callFindInMap(v, arg *Value) *Value {
	args, bad := s.arguments(v, "Fn::FindInMap", arg, 3, 4)
	if bad != nil {
		return bad
	}
	for _, key := range args[:3] {
		if !key.IsScalar() {
			return s.otherwise(v, "Fn::FindInMap", key, "strings")
		}
	}
	if found := s.mappings.Get(args[0].Text, args[1].Text, args[2].Text); found != nil {
		return s.resolve(found)
	}
	if len(args) == 4 {
		if otherwise := args[3].Get("DefaultValue"); otherwise != nil {
			return otherwise
		}
	}
	for _, key := range arg.Items[:3] {
		if key.Kind == Map { // by account or region: others may be in it
			return unresolved(v, "the mapping %s has no %s, %s", args[0].Text, args[1].Text, args[2].Text)
		}
	}
	return s.fault(v, "the mapping %s has no %s, %s", args[0].Text, args[1].Text, args[2].Text)
}

func (s *scope) callIf(v, arg *Value) *Value {
	if arg.Kind != List || len(arg.Items) != 3 {
		return s.fault(v, "Fn::If takes a condition and two values")
	}
	switch condition := s.condition(arg.Items[0], arg.Items[0].text()); {
	case condition.Kind == Unresolved:
		return unresolved(v, "%s", condition.Text)
	case condition.Text == "true":
		return s.resolve(arg.Items[1])
	}
	return s.resolve(arg.Items[2])
}

func (s *scope) callToJSON(v, arg *Value) *Value {
	value := s.resolve(arg)
	if hole := findUnresolved(value); hole != nil {
		return unresolved(v, "%s", hole.Text)
	}
	text, err := jsonText(value)
	if err != nil {
		return s.fault(v, "Fn::ToJsonString: %v", err)
	}
	return newString(v.At, string(text))
}

// findUnresolved returns the first part of a value that is not known, or nil.
func findUnresolved(v *Value) *Value {
	if v.Kind == Unresolved {
		return v
	}
	for _, item := range v.Items {
		if hole := findUnresolved(item); hole != nil {
			return hole
		}
	}
	for _, entry := range v.Entries {
		if hole := findUnresolved(entry.Value); hole != nil {
			return hole
		}
	}
	return nil
}

// include resolves the transform AWS::Include with a local file, which is
// the content of the map that it stands in.
func (s *scope) include(transform, at *Value) *Value {
	empty := &Value{Kind: Map, At: at.At}
	resolved := s.resolve(transform)
	location := resolved.Get("Parameters", "Location")
	switch {
	case resolved.Get("Name").text() != "AWS::Include":
		return empty // macros run in the cloud only
	case !location.IsScalar():
		s.fault(at, "AWS::Include needs the Location of a file")
		return empty
	case strings.HasPrefix(location.Text, "s3://"):
		return empty
	}
	path := location.Text
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir(), path)
	}
	if slices.Contains(s.including, path) {
		s.fault(at, "%s includes itself", path)
		return empty
	}
	root, faults, err := s.read(path)
	if err != nil {
		s.fault(at, "AWS::Include: %v", err)
		return empty
	}
	s.faults = append(s.faults, faults...)
	s.including = append(s.including, path)
	defer func() { s.including = s.including[:len(s.including)-1] }()
	if s.link != nil {
		root = s.link(root)
	}
	included := s.resolve(root)
	if included.Kind != Map {
		s.fault(at, "AWS::Include: %s is %v, and not a map", path, included.Kind)
		return empty
	}
	return included
}
