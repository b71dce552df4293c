package cloud

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// logsOptions are what `sam logs` is told.
type logsOptions struct {
	stackOptions
	Names  []string
	Groups []string
	Filter string
	Start  string
	End    string
	Tail   bool
	Output string
}

func newLogs(u *ui.UI, h *config.Host) *cobra.Command {
	var o logsOptions
	cmd := &cobra.Command{
		Use: "logs",
		Long: `Show the logs of a stack's functions, or of those that are named, in the order of
their times. Times are UTC, unless they say otherwise: "2026-11-22T20:00:00Z",
"10min ago", "2 days ago", "yesterday".`,
		Example: `  sam logs --stack-name ratings --tail
  sam logs -n Ratings --stack-name ratings -s "1 hour ago" --filter ERROR`,
		Args: command.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLogs(cmd.Context(), u, h, &o) },
	}
	asDeployed(cmd, h)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVarP(&o.Names, "name", "n", nil, "`Function`, by logical id; without --stack-name, by its name (default all of the stack)")
	flags.StringArrayVar(&o.Groups, "cw-log-group", nil, "CloudWatch log `group`, besides those of functions")
	flags.StringVar(&o.Filter, "filter", "", "`Pattern` of CloudWatch that events have to match")
	flags.StringVarP(&o.Start, "start-time", "s", "10min ago", "`Time` of the first event")
	flags.StringVarP(&o.End, "end-time", "e", "", "`Time` of the last event")
	flags.BoolVarP(&o.Tail, "tail", "t", false, "Go on with events as they come, until an interrupt")
	addOutputFlag(flags, &o.Output, "text")
	o.addFlags(flags)
	return cmd
}

func runLogs(ctx context.Context, u *ui.UI, h *config.Host, o *logsOptions) error {
	if err := checkOutput(o.Output, "text"); err != nil {
		return err
	}
	now := time.Now().UTC()
	start, err := parseTime(o.Start, now)
	if err != nil {
		return wrongValue("start-time", "%v", err)
	}
	r := &logReader{ui: u, json: o.Output == "json", filter: o.Filter, since: start.UnixMilli(), seen: make(map[string]int64), missing: make(map[string]bool)}
	if o.End != "" {
		end, err := parseTime(o.End, now)
		if err != nil {
			return wrongValue("end-time", "%v", err)
		}
		if o.Tail {
			return &usageError{"--end-time and --tail were both given", "leave out one of them"}
		}
		r.until = aws.Int64(end.UnixMilli())
	}
	if r.groups, r.client, err = o.open(ctx, u); err != nil {
		return err
	}
	for {
		if err := r.read(ctx, o.Tail); err != nil || !o.Tail {
			return err
		}
		if pause(ctx, max(pollDelay(h), time.Second/10)) != nil {
			return nil // the interrupt is the end of --tail
		}
	}
}

// open finds the log groups.
func (o *logsOptions) open(ctx context.Context, u *ui.UI) ([]string, *cloudwatchlogs.Client, error) {
	groups := slices.Clone(o.Groups)
	if o.StackName == "" && len(o.Names) == 0 {
		if len(groups) == 0 {
			return nil, nil, errNoStackName
		}
		cfg, err := o.load(ctx, u)
		return groups, cloudwatchlogs.NewFromConfig(cfg), err
	}
	cfg, functions, err := o.functions(ctx, u)
	if err != nil {
		return nil, nil, err
	}
	client := lambda.NewFromConfig(cfg)
	for _, f := range functions {
		group := "/aws/lambda/" + f.name
		// A function can have another one; who may read logs need not be allowed
		// to ask.
		out, err := client.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: aws.String(f.name)})
		if err == nil && out.LoggingConfig != nil && aws.ToString(out.LoggingConfig.LogGroup) != "" {
			group = aws.ToString(out.LoggingConfig.LogGroup)
		}
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
	}
	return groups, cloudwatchlogs.NewFromConfig(cfg), nil
}

// functions are those of the stack that are named, or all; without a stack the
// names are the functions' own.
func (o *logsOptions) functions(ctx context.Context, u *ui.UI) (aws.Config, []function, error) {
	var chosen []function
	if o.StackName == "" {
		cfg, err := o.load(ctx, u)
		for _, name := range o.Names {
			chosen = append(chosen, function{name, name})
		}
		return cfg, chosen, err
	}
	s, err := o.stackOptions.open(ctx, u)
	if err != nil {
		return aws.Config{}, nil, err
	}
	all, err := s.functions(ctx)
	if err != nil {
		return s.cfg, nil, err
	}
	if len(o.Names) == 0 {
		return s.cfg, all, nil
	}
	for _, name := range o.Names {
		f, err := choose(all, name, o.StackName)
		if err != nil {
			return s.cfg, nil, err
		}
		chosen = append(chosen, f)
	}
	return s.cfg, chosen, nil
}

// choose finds a function by its logical id or its name; an empty one means the
// only function.
func choose(functions []function, name, stack string) (function, error) {
	var ids []string
	for _, f := range functions {
		if f.id == name || f.name == name || name == "" && len(functions) == 1 {
			return f, nil
		}
		ids = append(ids, f.id)
	}
	switch {
	case len(ids) == 0:
		return function{}, &problem{fmt.Sprintf("the stack %s has no functions", stack), fmt.Sprintf("sam list resources --stack-name %s shows what it has", stack), nil}
	case name == "":
		return function{}, &problem{fmt.Sprintf("the stack %s does not have one function", stack), "name one: it has " + strings.Join(ids, ", "), nil}
	}
	return function{}, &problem{fmt.Sprintf("the stack %s has no function %s", stack, name), "it has " + strings.Join(ids, ", "), nil}
}

// logReader reads events of log groups.
type logReader struct {
	client  *cloudwatchlogs.Client
	ui      *ui.UI
	json    bool
	groups  []string
	filter  string
	since   int64 // milliseconds
	until   *int64
	seen    map[string]int64 // times of the events that were printed, by id
	missing map[string]bool  // groups
}

// late is how much later than others an event may come, in milliseconds.
const late = 10_000

// A logEvent is an event of a group.
type logEvent struct {
	group string
	types.FilteredLogEvent
}

// read prints the events that have not been printed: those of one group as they
// come, those of several in the order of their times.
func (r *logReader) read(ctx context.Context, tail bool) error {
	var events []logEvent
	for _, group := range r.groups {
		in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(group), StartTime: aws.Int64(r.since), EndTime: r.until}
		if r.filter != "" {
			in.FilterPattern = aws.String(r.filter)
		}
		pages := cloudwatchlogs.NewFilterLogEventsPaginator(r.client, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if missing := new(types.ResourceNotFoundException); errors.As(err, &missing) {
				r.lacks(group)
				break
			}
			if err != nil && tail && context.Cause(ctx) != nil {
				return nil
			}
			if err != nil {
				return err
			}
			for _, e := range page.Events {
				if _, printed := r.seen[aws.ToString(e.EventId)]; !printed {
					events = append(events, logEvent{group, e})
				}
			}
			if len(r.groups) == 1 {
				if err := r.printAll(events); err != nil {
					return err
				}
				events = nil
			}
		}
	}
	return r.printAll(events)
}

// printAll prints events, and forgets those that cannot come again.
func (r *logReader) printAll(events []logEvent) error {
	slices.SortStableFunc(events, func(a, b logEvent) int { return cmp.Compare(aws.ToInt64(a.Timestamp), aws.ToInt64(b.Timestamp)) })
	for _, e := range events {
		if err := r.print(e.group, e.FilteredLogEvent); err != nil {
			return err
		}
		r.seen[aws.ToString(e.EventId)] = aws.ToInt64(e.Timestamp)
		r.since = max(r.since, aws.ToInt64(e.Timestamp)-late)
	}
	maps.DeleteFunc(r.seen, func(_ string, at int64) bool { return at < r.since })
	return nil
}

// lacks says once that a log group does not exist (yet).
func (r *logReader) lacks(group string) {
	if !r.missing[group] {
		r.missing[group] = true
		r.ui.Notice("Nothing has been logged to %s: there is no such log group yet", group)
	}
}

func (r *logReader) print(group string, e types.FilteredLogEvent) error {
	at := time.UnixMilli(aws.ToInt64(e.Timestamp)).UTC().Format("2006-01-02T15:04:05.000000")
	message := strings.TrimRight(aws.ToString(e.Message), "\n")
	if !r.json {
		_, err := fmt.Fprintf(r.ui.Stdout, "%s %s %s\n", aws.ToString(e.LogStreamName), at, message)
		return err
	}
	encoder := json.NewEncoder(r.ui.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		LogGroup  string `json:"logGroup"`
		LogStream string `json:"logStreamName"`
		Timestamp string `json:"timestamp"`
		Message   string `json:"message"`
		EventID   string `json:"eventId"`
	}{group, aws.ToString(e.LogStreamName), at, message, aws.ToString(e.EventId)})
}
