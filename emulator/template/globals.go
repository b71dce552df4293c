package template

import (
	"slices"
	"strings"
)

// mergeGlobals gives a resource the properties that Globals has for its type:
// maps are merged, lists are appended to the global ones, and anything else of
// the resource's own wins.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
func mergeGlobals(globals *Value, r Resource) *Value {
	section, serverless := strings.CutPrefix(r.Type, "AWS::Serverless::")
	global := globals.Get(section)
	if !serverless || global == nil || global.Kind != Map {
		return r.Value
	}
	global = withoutIgnored(global, r.Value.Get("IgnoreGlobals"))
	out := &Value{Kind: Map, At: r.Value.At}
	merged := false
	for _, entry := range r.Value.Entries {
		if entry.Key == "Properties" {
			entry.Value, merged = merge(global, entry.Value), true
		}
		out.Entries = append(out.Entries, entry)
	}
	if !merged {
		out.Entries = append(out.Entries, Entry{Key: "Properties", At: r.At, Value: global})
	}
	return out
}

// withoutIgnored removes what the resource does not want: "*" is everything, a
// list names properties.
func withoutIgnored(global, ignored *Value) *Value {
	out := &Value{Kind: Map, At: global.At}
	if ignored.text() == "*" {
		return out
	}
	for _, entry := range global.Entries {
		if ignored == nil || !slices.ContainsFunc(ignored.Items, func(v *Value) bool { return v.text() == entry.Key }) {
			out.Entries = append(out.Entries, entry)
		}
	}
	return out
}

func merge(global, own *Value) *Value {
	globalCall, _ := global.function()
	ownCall, _ := own.function()
	switch {
	case globalCall != "" || ownCall != "":
		return own
	case global.Kind == Map && own.Kind == Map:
		out := &Value{Kind: Map, At: own.At}
		for _, entry := range global.Entries {
			if mine := own.entry(entry.Key); mine != nil {
				entry = Entry{Key: entry.Key, At: mine.At, Value: merge(entry.Value, mine.Value)}
			}
			out.Entries = append(out.Entries, entry)
		}
		for _, entry := range own.Entries {
			if global.entry(entry.Key) == nil {
				out.Entries = append(out.Entries, entry)
			}
		}
		return out
	case global.Kind == List && own.Kind == List:
		return &Value{Kind: List, At: own.At, Items: slices.Concat(global.Items, own.Items)}
	}
	return own
}
