package apigw

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// An effect is what a policy, or a verdict, says of a request.
type effect int

const (
	denied           effect = iota // nothing allows it
	deniedExplicitly               // by a statement with Deny
	allowed
)

// A policy is an IAM policy on the methods of an API.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
type policy struct {
	statements []statement
	// conditional tells that there is a Condition. Conditions are not evaluated.
	conditional bool
}

// A statement is one on the invocation of methods.
type statement struct {
	effect    effect
	resources patterns
}

// on is the effect of the policy on the invocation of the method with an ARN. A
// Deny outweighs any Allow.
func (p *policy) on(arn string) effect {
	result := denied
	for _, s := range p.statements {
		if !s.resources.match(arn) {
			continue
		}
		if s.effect == deniedExplicitly {
			return deniedExplicitly
		}
		result = s.effect
	}
	return result
}

// parsePolicy reads a policy document. The statements that are not on the
// invocation of methods have no effect.
func parsePolicy(document json.RawMessage) (*policy, error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(document, &fields) != nil || fields == nil {
		return nil, fmt.Errorf("policyDocument is %s, and must be an object", describeJSON(document))
	}
	raw := fields["Statement"]
	if raw == nil {
		return nil, errors.New("policyDocument has no Statement")
	}
	var statements []json.RawMessage
	if json.Unmarshal(raw, &statements) != nil { // one need not be in a list
		statements = []json.RawMessage{raw}
	}
	p := new(policy)
	for i, raw := range statements {
		if err := p.add(raw); err != nil {
			return nil, fmt.Errorf("statement %d of policyDocument %w", i+1, err)
		}
	}
	return p, nil
}

// add adds a statement. The error goes on where a sentence has named it.
func (p *policy) add(raw json.RawMessage) error {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return fmt.Errorf("is %s, and must be an object", describeJSON(raw))
	}
	s := statement{effect: allowed}
	switch effect := fields["Effect"]; string(effect) {
	case `"Allow"`:
	case `"Deny"`:
		s.effect = deniedExplicitly
	case "":
		return errors.New("has no Effect")
	default:
		return fmt.Errorf("has the Effect %s, and must have Allow or Deny", abridge(effect))
	}
	actions, err := parsePatterns(fields, "Action")
	if err != nil {
		return err
	}
	if s.resources, err = parsePatterns(fields, "Resource"); err != nil {
		return err
	}
	for i, action := range actions.list {
		actions.list[i] = strings.ToLower(action) // unlike resources, they are the same in any case
	}
	if !actions.match("execute-api:invoke") {
		return nil
	}
	if fields["Condition"] != nil {
		p.conditional = true
		if s.effect == deniedExplicitly {
			return nil
		}
	}
	p.statements = append(p.statements, s)
	return nil
}

// patterns are those of an Action or a Resource.
type patterns struct {
	list []string
	not  bool // it is a NotAction or a NotResource: all but those
}

// parsePatterns reads the strings, or the one string, of an element or of its
// opposite.
func parsePatterns(fields map[string]json.RawMessage, element string) (patterns, error) {
	var p patterns
	raw := fields[element]
	if raw == nil {
		p.not = true
		raw = fields["Not"+element]
	}
	if raw == nil {
		return p, fmt.Errorf("has no %s", element)
	}
	var one *string
	switch {
	case json.Unmarshal(raw, &one) == nil && one != nil:
		p.list = []string{*one}
	case json.Unmarshal(raw, &p.list) != nil || p.list == nil: // empty it may be: it matches nothing
		return p, fmt.Errorf("has the %s %s, and must have a string or a list of strings", element, abridge(raw))
	}
	return p, nil
}

func (p patterns) match(text string) bool {
	for _, pattern := range p.list {
		if wildcard(pattern, text) {
			return !p.not
		}
	}
	return p.not
}

// wildcard tells whether a pattern, in which * stands for any text and ? for
// any character, describes a text. Where a * has to stand for more it goes back
// to the last one only: what an earlier one could take, that one can, too.
func wildcard(pattern, text string) bool {
	p, t := 0, 0
	star, resume := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			resume++
			p, t = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
