package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/packaging"
	"sam/cmd/internal/ui"
)

// maxTemplate is up to which size in bytes CloudFormation takes a template
// without a bucket.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const maxTemplate = 51_200

// minute is the unit of --max-wait-duration. Tests have no time.
var minute = time.Minute

// deployOptions are what `sam deploy` is told.
type deployOptions struct {
	awsOptions
	uploadOptions
	StackName        string
	Parameters       []string
	Capabilities     []string
	RoleARN          string
	NotificationARNs []string
	Tags             []string
	NoExecute        bool
	FailOnEmpty      bool
	Confirm          bool
	Guided           bool
	DisableRollback  bool
	OnFailure        string
	Express          bool
	MaxWait          int // minutes; 0: no limit
	UseJSON          bool
}

func newDeploy(u *ui.UI, h *config.Host) *cobra.Command {
	var o deployOptions
	cmd := &cobra.Command{
		Use: "deploy",
		Long: `Deploy a template as a stack: package it if it refers to local files, show what
is going to change, change it, follow that, and show the outputs of the stack.

Interrupting stops the following, not the deployment. If the deployment fails,
the reason is that of the first resource that failed. Parameters that are not
given keep their values.`,
		Example: `  sam deploy --guided
  sam deploy --stack-name ratings --resolve-s3 --capabilities CAPABILITY_IAM --parameter-overrides Stage=prod Size=2`,
		Args: command.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ask := newAsker(u)
			if o.Guided {
				if err := guide(cmd, ask, h, &o); err != nil {
					return err
				}
			}
			return runDeploy(cmd.Context(), u, h, ask, &o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.StackName, "stack-name", "", "`Name` of the stack")
	flags.BoolVarP(&o.Guided, "guided", "g", false, "Ask for what is needed, and save the answers in the configuration file")
	o.uploadOptions.addFlags(flags)
	flags.StringArrayVar(&o.Parameters, "parameter-overrides", nil, "Template parameters, as `Key=Value` or ParameterKey=Key,ParameterValue=Value")
	flags.StringArrayVar(&o.Capabilities, "capabilities", nil, "`Capabilities` that the template may use, such as CAPABILITY_IAM")
	flags.StringVar(&o.RoleARN, "role-arn", "", "`ARN` of the role by which CloudFormation makes the changes")
	flags.StringArrayVar(&o.NotificationARNs, "notification-arns", nil, "`ARNs` of SNS topics that are told of the stack's events")
	flags.StringArrayVar(&o.Tags, "tags", nil, "Tags of the stack, as `Key=Value`")
	flags.BoolVar(&o.NoExecute, "no-execute-changeset", false, "Show what is going to change, and leave it at that")
	flags.BoolVar(&o.FailOnEmpty, "fail-on-empty-changeset", true, "Exit with 1 if nothing is to change")
	config.Negate(flags, "fail-on-empty-changeset", "Exit with 0 if nothing is to change")
	flags.BoolVar(&o.Confirm, "confirm-changeset", false, "Ask before anything is changed")
	config.Negate(flags, "confirm-changeset", "Do not ask")
	flags.BoolVar(&o.DisableRollback, "disable-rollback", false, "Keep what was made if the deployment fails")
	config.Negate(flags, "disable-rollback", "Go back if the deployment fails")
	flags.StringVar(&o.OnFailure, "on-failure", "", "What to do if the deployment fails: `ROLLBACK`, DELETE (new stacks) or DO_NOTHING")
	flags.BoolVar(&o.Express, "express", false, "Do not wait until what is made is ready for traffic (CloudFormation's Express mode)")
	config.Negate(flags, "express", "Wait for that")
	flags.IntVar(&o.MaxWait, "max-wait-duration", 0, "`Minutes` for which the deployment is followed (default until it has ended)")
	flags.BoolVar(&o.UseJSON, "use-json", false, "Send the template in JSON")
	o.awsOptions.addFlags(flags)
	return cmd
}

// check reads what the flag library cannot.
func (o *deployOptions) check() error {
	if o.StackName == "" {
		return &usageError{"the stack has no name", "name it with --stack-name, in samconfig.toml, or by answers to sam deploy --guided"}
	}
	if o.OnFailure != "" && !slices.Contains(types.OnStackFailure("").Values(), types.OnStackFailure(o.OnFailure)) {
		return wrongValue("on-failure", "%q is none of ROLLBACK, DELETE and DO_NOTHING", o.OnFailure)
	}
	if o.OnFailure != "" && o.DisableRollback {
		return &usageError{"--on-failure and --disable-rollback were both given", "--on-failure DO_NOTHING says the same as --disable-rollback"}
	}
	o.Capabilities = strings.Fields(strings.ReplaceAll(strings.Join(o.Capabilities, " "), ",", " "))
	o.NotificationARNs = strings.Fields(strings.ReplaceAll(strings.Join(o.NotificationARNs, " "), ",", " "))
	return o.resolve()
}

func runDeploy(ctx context.Context, u *ui.UI, h *config.Host, ask *ui.Asker, o *deployOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	p, path, err := readPackage(ctx, u, h, &o.uploadOptions)
	if err != nil {
		return err
	}
	d := &deployment{ui: u, ask: ask, options: o, delay: pollDelay(h)}
	if err := d.readFlags(p); err != nil {
		return err
	}
	if d.cfg, err = o.load(ctx, u); err != nil {
		return err
	}
	d.client = cloudformation.NewFromConfig(d.cfg)
	if err := d.findStack(ctx); err != nil {
		return err
	}
	if err := d.provideTemplate(ctx, p, path); err != nil {
		return err
	}
	return d.run(ctx)
}

// A deployment brings a template to a stack.
type deployment struct {
	ui      *ui.UI
	ask     *ui.Asker
	options *deployOptions
	cfg     aws.Config
	client  *cloudformation.Client
	delay   time.Duration

	declared   []packaging.Parameter
	overrides  map[string]string
	tags       []types.Tag
	stack      *types.Stack // nil: a new one
	body, url  *string      // one of them
	changeSet  string       // its ARN
	stackID    string
	lastBefore time.Time // of the events of earlier operations
}

// readFlags reads what was said about the template, before anything is sent.
func (d *deployment) readFlags(p *packaging.Package) (err error) {
	d.declared = p.Parameters()
	if d.overrides, err = config.ParameterOverrides(d.options.Parameters); err != nil {
		return &usageError{text: err.Error()}
	}
	var names []string
	for _, parameter := range d.declared {
		names = append(names, parameter.Name)
	}
	for _, name := range sorted(d.overrides) {
		if !slices.Contains(names, name) {
			return unknownParameter(name, names)
		}
	}
	tags, err := keyValues("tags", d.options.Tags)
	for _, key := range sorted(tags) {
		d.tags = append(d.tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return err
}

func unknownParameter(name string, names []string) error {
	hint := "it has no parameters: leave --parameter-overrides out"
	if len(names) > 0 {
		hint = "it has " + strings.Join(names, ", ")
	}
	return &problem{fmt.Sprintf("the template has no parameter %s", name), hint, nil}
}

// findStack finds out what there is, and whether it can be changed.
func (d *deployment) findStack(ctx context.Context) (err error) {
	if d.stack, err = describe(ctx, d.client, d.options.StackName); err != nil || d.stack == nil {
		return err
	}
	if err := checkDeployable(d.stack); err != nil {
		return err
	}
	if d.stack.StackStatus == types.StackStatusReviewInProgress {
		d.stack = nil // a change set was made, and never executed
	}
	return nil
}

// provideTemplate packages the template, and uploads it if it is too large to
// be sent.
func (d *deployment) provideTemplate(ctx context.Context, p *packaging.Package, path string) (err error) {
	var text string
	var s *store
	if p.IsLocal() {
		text, s, err = uploadPackage(ctx, d.ui, d.cfg, p, &d.options.uploadOptions)
	} else {
		text, _, err = p.Render(packaging.Destination{})
	}
	if err != nil {
		return err
	}
	if d.options.UseJSON {
		if text, err = packaging.JSON(path, text); err != nil {
			return err
		}
	}
	if s == nil && (d.options.Bucket != "" || d.options.ResolveBucket) && len(text) > maxTemplate {
		if s, err = openStore(ctx, d.ui, d.cfg, &d.options.uploadOptions); err != nil {
			return err
		}
	}
	switch {
	case len(text) <= maxTemplate:
		d.body = aws.String(text)
	case s == nil:
		return &problem{fmt.Sprintf("the template has %d bytes, and CloudFormation takes more than %d only from a bucket", len(text), maxTemplate), "name one with --s3-bucket, or let sam have one of its own with --resolve-s3", nil}
	default:
		artifact := packaging.NewTemplate(text)
		d.url = aws.String(s.templateURL(s.to.Key(artifact.Key)))
		return s.upload(ctx, []*packaging.Artifact{artifact})
	}
	return nil
}

func (d *deployment) run(ctx context.Context) error {
	changes, err := d.createChangeSet(ctx)
	if empty := new(emptyError); errors.As(err, &empty) {
		return d.nothingToDo(err)
	}
	if err != nil {
		return d.unchanged(ctx, err)
	}
	if err := printChanges(d.ui, changes); err != nil {
		return err
	}
	execute := fmt.Sprintf("execute it with aws cloudformation execute-change-set --change-set-name %s", d.changeSet)
	if d.options.NoExecute {
		d.ui.Notice("The change set was made, and not executed: %s", execute)
		return nil
	}
	if d.options.Confirm {
		yes, err := d.ask.Yes(ctx, "Deploy this change set?", false)
		if err != nil {
			return d.unchanged(ctx, err)
		}
		if !yes {
			d.ui.Notice("The change set was not executed: %s", execute)
			return nil
		}
	}
	if err := d.execute(ctx); err != nil {
		return err
	}
	return d.follow(ctx)
}

// unchanged says what an interrupt leaves before anything is executed.
func (d *deployment) unchanged(ctx context.Context, err error) error {
	if context.Cause(ctx) == nil || d.changeSet == "" {
		return err
	}
	return &problem{"interrupted before anything was changed", "a change set is left: aws cloudformation delete-change-set --change-set-name " + d.changeSet, err}
}

// nothingToDo ends a deployment that changes nothing.
func (d *deployment) nothingToDo(err error) error {
	if d.options.FailOnEmpty {
		return &problem{err.Error(), "--no-fail-on-empty-changeset makes this a success", err}
	}
	d.ui.Notice("%s", err)
	return nil
}

func (d *deployment) execute(ctx context.Context) error {
	events, err := d.client.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: aws.String(d.stackID)})
	if err != nil {
		return err
	}
	if len(events.StackEvents) > 0 {
		d.lastBefore = aws.ToTime(events.StackEvents[0].Timestamp)
	}
	token := d.changeSet[strings.LastIndexByte(d.changeSet, '/')+1:] // the same if the request is repeated
	in := &cloudformation.ExecuteChangeSetInput{ChangeSetName: aws.String(d.changeSet), ClientRequestToken: aws.String(token)}
	if d.options.DisableRollback && !d.options.Express { // which the change set knows
		in.DisableRollback = aws.Bool(true)
	}
	if _, err = d.client.ExecuteChangeSet(ctx, in); err != nil && context.Cause(ctx) != nil {
		return d.notFollowed(ctx, err) // the request may have arrived
	}
	return err
}

// follow shows how the deployment goes, and how it ends.
func (d *deployment) follow(ctx context.Context) error {
	if limit := time.Duration(d.options.MaxWait) * minute; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, fmt.Errorf("it takes longer than the %d min of --max-wait-duration", d.options.MaxWait))
		defer cancel()
	}
	events, stack, err := newFollower(d.client, d.stackID, d.lastBefore).follow(ctx, d.ui, d.delay)
	if err != nil {
		return d.notFollowed(ctx, err)
	}
	if stack == nil || hasFailed(string(stack.StackStatus)) {
		return d.failure(events, stack)
	}
	if outputs := outputsOf(stack); len(outputs.rows) > 0 {
		if err := ui.PrintTable(d.ui.Stdout, outputs.header, len(outputs.rows), func(i int) string { return outputs.rows[i] }); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(d.ui.Stdout, "Successfully created/updated stack - %s in %s\n", d.options.StackName, d.cfg.Region)
	return err
}

// notFollowed says why a deployment that goes on is no longer followed.
func (d *deployment) notFollowed(ctx context.Context, err error) error {
	name := d.options.StackName
	goesOn := fmt.Sprintf("it goes on: sam list resources --stack-name %s shows how far it is, aws cloudformation cancel-update-stack --stack-name %s ends an update", name, name)
	if d.stack == nil {
		goesOn = fmt.Sprintf("it goes on: sam list resources --stack-name %s shows how far it is, sam delete --stack-name %s ends it", name, name)
	}
	reason := fmt.Sprintf("the deployment of %s is no longer followed", name)
	if cause := context.Cause(ctx); !errors.Is(cause, command.ErrInterrupted) {
		reason += fmt.Sprintf(": %v", cmp.Or(cause, explain(err)))
	}
	return &problem{reason, goesOn, err}
}

// failure says why the deployment failed, and what can be done with the stack.
func (d *deployment) failure(events []event, stack *types.Stack) error {
	name := d.options.StackName
	hint := "the stack is gone"
	if stack != nil {
		status := stack.StackStatus
		hint = fmt.Sprintf("the stack is in %s, as it was before", status)
		switch {
		case status == types.StackStatusDeleteComplete:
			hint = "the stack is deleted"
		case status == types.StackStatusRollbackComplete, status == types.StackStatusRollbackFailed:
			hint = fmt.Sprintf("the stack is in %s: sam delete --stack-name %s before the next attempt", status, name)
		case hasFailed(string(status)) && !strings.Contains(string(status), "ROLLBACK_COMPLETE"):
			hint = fmt.Sprintf("the stack is in %s: correct the template and deploy again, or sam delete --stack-name %s", status, name)
		}
	}
	return &problem{fmt.Sprintf("the deployment of %s failed%s", name, causeOf(events)), hint, nil}
}
