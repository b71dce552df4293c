package cloud

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// pollDelay is the time between two looks at AWS: that of SAM CLI, and its
// variable.
func pollDelay(h *config.Host) time.Duration {
	if seconds, err := strconv.ParseFloat(h.Getenv("SAM_CLI_POLL_DELAY"), 64); err == nil && seconds > 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	return 500 * time.Millisecond
}

// pause waits for a time, or for the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A follower gets the events of a stack, and of those nested in it, as they
// come.
type follower struct {
	client *cloudformation.Client
	since  time.Time         // older events are those of earlier operations
	stacks []string          // the stack, then the nested ones
	names  map[string]string // of nested stacks: Parent/Child/, by id
	seen   map[string]bool   // ids of events
	over   bool              // the last event of the stack itself says that it has ended
}

func newFollower(client *cloudformation.Client, stack string, since time.Time) *follower {
	return &follower{client: client, since: since, stacks: []string{stack}, names: make(map[string]string), seen: make(map[string]bool)}
}

// An event is one of a resource. Path is its logical id behind those of the
// stacks that it is nested in.
type event struct {
	types.StackEvent
	Path string
}

func (e *event) failed() bool { return strings.HasSuffix(string(e.ResourceStatus), "_FAILED") }

// isStack tells whether the event is that of the stack that reports it.
func (e *event) isStack() bool {
	return aws.ToString(e.PhysicalResourceId) == aws.ToString(e.StackId)
}

// poll returns the events that have come since the last time, oldest first.
func (f *follower) poll(ctx context.Context) ([]event, error) {
	var events []event
	for i := 0; i < len(f.stacks); i++ { // grows by what is found
		found, err := f.pollStack(ctx, f.stacks[i])
		if err != nil {
			return events, err
		}
		for _, e := range found {
			id := aws.ToString(e.PhysicalResourceId)
			if aws.ToString(e.ResourceType) == "AWS::CloudFormation::Stack" && !e.isStack() && id != "" && !slices.Contains(f.stacks, id) {
				f.stacks = append(f.stacks, id)
				f.names[id] = e.Path + "/"
			}
			if i == 0 && e.isStack() {
				f.over = hasEnded(string(e.ResourceStatus))
			}
		}
		events = append(events, found...)
	}
	slices.SortStableFunc(events, func(a, b event) int { return aws.ToTime(a.Timestamp).Compare(aws.ToTime(b.Timestamp)) })
	return events, nil
}

// pollStack returns the events of one stack. Those of a look that fails halfway
// come with the next one.
func (f *follower) pollStack(ctx context.Context, stack string) ([]event, error) {
	var events []event
	pages := cloudformation.NewDescribeStackEventsPaginator(f.client, &cloudformation.DescribeStackEventsInput{StackName: aws.String(stack)})
	for known := false; !known && pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, e := range page.StackEvents { // newest first
			if known = f.seen[aws.ToString(e.EventId)] || !aws.ToTime(e.Timestamp).After(f.since); known {
				break
			}
			events = append(events, f.name(e, stack))
		}
	}
	for _, e := range events {
		f.seen[aws.ToString(e.EventId)] = true
	}
	slices.Reverse(events)
	return events, nil
}

// name gives an event its path.
func (f *follower) name(e types.StackEvent, stack string) event {
	named := event{e, f.names[stack] + aws.ToString(e.LogicalResourceId)}
	if f.names[stack] != "" && named.isStack() { // which the outer one calls by another name
		named.Path = strings.TrimSuffix(f.names[stack], "/")
	}
	return named
}

// causeOf is the first real reason of a failure: not that of resources that
// were given up because of another, nor that of a stack whose resource failed.
func causeOf(events []event) string {
	var first *event
	for i := range events {
		e := &events[i]
		reason := aws.ToString(e.ResourceStatusReason)
		if !e.failed() || strings.Contains(reason, "cancelled") {
			continue
		}
		if first == nil || isConsequence(first) && !isConsequence(e) {
			first = e
		}
	}
	if first == nil {
		return ""
	}
	reason := aws.ToString(first.ResourceStatusReason)
	if reason == "" {
		reason = string(first.ResourceStatus)
	}
	return fmt.Sprintf(": %s (%s): %s", first.Path, aws.ToString(first.ResourceType), strings.TrimSuffix(reason, "."))
}

// isConsequence tells whether an event tells of a stack, which has failed
// because something in it has.
func isConsequence(e *event) bool {
	return aws.ToString(e.ResourceType) == "AWS::CloudFormation::Stack"
}

const eventFormat = "%-24s  %-36s  %-28s  %s"

func printEvents(u *ui.UI, events []event) {
	for _, e := range events {
		line := fmt.Sprintf(eventFormat, e.ResourceStatus, aws.ToString(e.ResourceType), e.Path, aws.ToString(e.ResourceStatusReason))
		u.Notice("%s", strings.TrimRight(line, " "))
	}
}

// failures is how many looks at AWS in a row may fail before following is
// given up: what is followed takes minutes, and goes on without us.
const failures = 5

// follow prints the events of an operation on a stack until that has ended. It
// returns all of them, and the stack as it is then; nil if it is gone.
func (f *follower) follow(ctx context.Context, u *ui.UI, delay time.Duration) ([]event, *types.Stack, error) {
	u.Notice(eventFormat, "Status", "Type", "Resource", "Reason")
	var all []event
	failed := 0
	for {
		stack, err := describe(ctx, f.client, f.stacks[0])
		var events []event
		if err == nil {
			events, err = f.poll(ctx)
			printEvents(u, events)
			all = append(all, events...)
		}
		switch {
		case err == nil && f.hasEnded(stack):
			return all, stack, nil
		case err == nil:
			failed = 0
		case context.Cause(ctx) != nil:
			return all, stack, context.Cause(ctx)
		default:
			if failed++; failed == failures || isFinal(err) {
				return all, stack, err
			}
		}
		if err := pause(ctx, delay); err != nil {
			return all, stack, err
		}
	}
}

// hasEnded tells whether the operation has. The state of the stack alone does not
// say so: it may be that from before, until CloudFormation has begun.
func (f *follower) hasEnded(stack *types.Stack) bool {
	return stack == nil || stack.StackStatus == types.StackStatusDeleteComplete || f.over && hasEnded(string(stack.StackStatus))
}

// isFinal tells whether an error is going to come again.
func isFinal(err error) bool {
	return isCode(err, "ExpiredToken", "ExpiredTokenException", "AccessDenied", "AccessDeniedException", "InvalidClientTokenId")
}
