package template

import "strings"

// link replaces references to what makes up an API by what they give, and
// leaves the other functions. Unlike the scope it knows the aliases and versions
// that SAM makes, and keeps logical ids, so that a function is found whose name
// exists only after a deployment.
func (f *routeFinder) link(v *Value) *Value {
	if v == nil || v.Kind != List && v.Kind != Map {
		return v
	}
	name, arg := v.function()
	switch {
	case name == "Ref":
		return f.linked(v, arg.text())
	case name == "Fn::GetAtt" && arg.Kind == List && len(arg.Items) == 2:
		return f.linked(v, arg.Items[0].text()+"."+arg.Items[1].text())
	case name == "Fn::GetAtt":
		return f.linked(v, arg.text())
	case name == "Fn::Sub" && arg.Kind == List && len(arg.Items) == 2:
		variables := f.link(arg.Items[1])
		arg = &Value{Kind: List, At: arg.At, Items: []*Value{f.linkText(arg.Items[0], variables), variables}}
		return &Value{Kind: Map, At: v.At, Entries: []Entry{{Key: name, At: v.At, Value: arg}}}
	case name == "Fn::Sub":
		return &Value{Kind: Map, At: v.At, Entries: []Entry{{Key: name, At: v.At, Value: f.linkText(arg, nil)}}}
	}
	out := &Value{Kind: v.Kind, At: v.At}
	for _, item := range v.Items {
		out.Items = append(out.Items, f.link(item))
	}
	for _, entry := range v.Entries {
		out.Entries = append(out.Entries, Entry{Key: entry.Key, At: entry.At, Value: f.link(entry.Value)})
	}
	return out
}

func (f *routeFinder) linked(v *Value, reference string) *Value {
	if text, known := f.references[reference]; known {
		return newString(v.At, text)
	}
	return v
}

// linkText replaces the references in the text of an Fn::Sub with variables.
func (f *routeFinder) linkText(v, variables *Value) *Value {
	if v.Kind != String {
		return v
	}
	var b strings.Builder
	for text := v.Text; ; {
		before, rest, found := strings.Cut(text, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return newString(v.At, b.String())
		}
		b.WriteString(before)
		if target, known := f.references[strings.TrimSpace(name)]; known && variables.Get(strings.TrimSpace(name)) == nil {
			b.WriteString(target)
		} else {
			b.WriteString("${" + name + "}")
		}
		text = after
	}
}
