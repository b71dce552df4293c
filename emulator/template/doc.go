// Package template reads SAM and CloudFormation templates: YAML or JSON in,
// functions out, every value with the line it came from.
//
// It owns the notation (short intrinsics, Globals, parameters) and the rules
// by which properties get their values. It reads no other file than the
// template, and does not know how a function is run.
package template
