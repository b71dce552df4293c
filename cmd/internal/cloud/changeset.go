package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sam/cmd/internal/ui"
)

// An emptyError says that the stack is what the template says.
type emptyError struct{ stack string }

func (e *emptyError) Error() string {
	return fmt.Sprintf("No changes to deploy. Stack %s is up to date", e.stack) // words of SAM CLI
}

// createChangeSet has CloudFormation work out what is going to change.
func (d *deployment) createChangeSet(ctx context.Context) ([]types.Change, error) {
	parameters, err := d.parameters()
	if err != nil {
		return nil, err
	}
	name := aws.String(fmt.Sprintf("samcli-deploy%d", time.Now().UnixMilli()))
	in := &cloudformation.CreateChangeSetInput{
		StackName:        aws.String(d.options.StackName),
		ChangeSetName:    name,
		ClientToken:      name, // of a request that is repeated
		ChangeSetType:    types.ChangeSetTypeUpdate,
		Description:      aws.String("Created by SAM CLI at " + time.Now().UTC().Format(time.RFC3339)),
		TemplateBody:     d.body,
		TemplateURL:      d.url,
		Parameters:       parameters,
		NotificationARNs: d.options.NotificationARNs,
		Tags:             d.tags,
		OnStackFailure:   types.OnStackFailure(d.options.OnFailure),
	}
	if d.stack == nil {
		in.ChangeSetType = types.ChangeSetTypeCreate
	}
	if d.options.Express {
		in.DeploymentConfig = &types.DeploymentConfig{Mode: types.DeploymentConfigModeExpress, DisableRollback: aws.Bool(d.options.DisableRollback)}
	}
	if d.options.RoleARN != "" {
		in.RoleARN = aws.String(d.options.RoleARN)
	}
	for _, capability := range d.options.Capabilities {
		in.Capabilities = append(in.Capabilities, types.Capability(capability))
	}
	d.ui.Notice("Creating a change set of %s", d.options.StackName)
	out, err := d.client.CreateChangeSet(ctx, in)
	if lacks := new(types.InsufficientCapabilitiesException); errors.As(err, &lacks) {
		return nil, d.lacksCapabilities(lacks.ErrorMessage())
	}
	if isCode(err, "ValidationError") && strings.Contains(err.Error(), "No updates are to be performed") {
		return nil, &emptyError{d.options.StackName}
	}
	if err != nil {
		return nil, err
	}
	d.changeSet, d.stackID = aws.ToString(out.Id), aws.ToString(out.StackId)
	return d.awaitChangeSet(ctx)
}

// awaitChangeSet returns the changes, or why there are none.
func (d *deployment) awaitChangeSet(ctx context.Context) ([]types.Change, error) {
	var changes []types.Change
	in := &cloudformation.DescribeChangeSetInput{ChangeSetName: aws.String(d.changeSet), StackName: aws.String(d.stackID)}
	for {
		out, err := d.client.DescribeChangeSet(ctx, in)
		if err != nil {
			return nil, err
		}
		switch out.Status {
		case types.ChangeSetStatusFailed:
			return nil, d.changeSetFailure(ctx, aws.ToString(out.StatusReason))
		case types.ChangeSetStatusCreateComplete:
			if changes = append(changes, out.Changes...); out.NextToken == nil {
				return changes, nil
			}
			in.NextToken = out.NextToken
			continue
		}
		if err := pause(ctx, d.delay); err != nil {
			return nil, err
		}
	}
}

func (d *deployment) changeSetFailure(ctx context.Context, reason string) error {
	// What cannot be executed only gets in the way; so would insisting on this.
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, _ = d.client.DeleteChangeSet(ctx, &cloudformation.DeleteChangeSetInput{ChangeSetName: aws.String(d.changeSet)})
	if strings.Contains(reason, "didn't contain changes") || strings.Contains(reason, "No updates are to be performed") {
		return &emptyError{d.options.StackName}
	}
	if strings.Contains(reason, "Requires capabilities") { // of what a macro made of the template
		return d.lacksCapabilities(reason)
	}
	return &problem{"CloudFormation refuses the change set" + behind(reason), "correct the template (sam validate), or the parameters", nil}
}

// capabilityNames are those in a message of CloudFormation's.
var capabilityNames = regexp.MustCompile(`CAPABILITY_[A-Z_]+`)

// lacksCapabilities says which capabilities a message asks for.
func (d *deployment) lacksCapabilities(message string) error {
	names := capabilityNames.FindAllString(message, -1)
	all := strings.Join(append(names, d.options.Capabilities...), " ")
	return &problem{fmt.Sprintf("the template needs %s, which was not given", cmp.Or(strings.Join(names, " and "), "capabilities")), "look at what it makes, then add --capabilities " + cmp.Or(all, "CAPABILITY_IAM"), nil}
}

// parameters are the values of the template's parameters: what was given, else
// what the stack has, else the template's default.
func (d *deployment) parameters() ([]types.Parameter, error) {
	before := make(map[string]bool)
	if d.stack != nil {
		for _, p := range d.stack.Parameters {
			before[aws.ToString(p.ParameterKey)] = true
		}
	}
	var parameters []types.Parameter
	var missing []string
	for _, p := range d.declared {
		value, given := d.overrides[p.Name]
		switch {
		case given:
			parameters = append(parameters, types.Parameter{ParameterKey: aws.String(p.Name), ParameterValue: aws.String(value)})
		case before[p.Name]:
			parameters = append(parameters, types.Parameter{ParameterKey: aws.String(p.Name), UsePreviousValue: aws.Bool(true)})
		case !p.HasDefault:
			missing = append(missing, p.Name)
		}
	}
	if len(missing) > 0 {
		return nil, &problem{"these parameters of the template have no value: " + strings.Join(missing, ", "), fmt.Sprintf("add --parameter-overrides %s=...", strings.Join(missing, "=... ")), nil}
	}
	return parameters, nil
}

// operations are the words of SAM CLI for what is done with a resource.
var operations = map[types.ChangeAction]string{
	types.ChangeActionAdd: "+ Add", types.ChangeActionModify: "* Modify", types.ChangeActionRemove: "- Delete",
	types.ChangeActionImport: "< Import", types.ChangeActionDynamic: "? Dynamic",
}

func printChanges(u *ui.UI, changes []types.Change) error {
	rows := make([]string, 0, len(changes))
	for _, c := range changes {
		if r := c.ResourceChange; r != nil {
			rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s", cmp.Or(operations[r.Action], string(r.Action)), aws.ToString(r.LogicalResourceId), aws.ToString(r.ResourceType), cmp.Or(string(r.Replacement), "N/A")))
		}
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(u.Stdout, "No resource changes.")
		return err
	}
	return ui.PrintTable(u.Stdout, "Operation\tLogicalResourceId\tResourceType\tReplacement", len(rows), func(i int) string { return rows[i] })
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
