// Package template reads SAM and CloudFormation templates: YAML or JSON in;
// functions, layers, routes and everything that is wrong out, each with the line
// that it came from.
//
// It owns the notation (short functions, anchors, numbers of YAML 1.1), the rules
// by which properties get their values (Globals, parameters, conditions, the
// functions of CloudFormation), and nested stacks. Beside the template it reads
// only the local files that this includes. It does not know how a function is
// run; what each property may hold is data, in package schema.
package template
