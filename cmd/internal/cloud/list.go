package cloud

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

func newList(u *ui.UI, h *config.Host) *cobra.Command {
	group := command.NewGroup("list", "", "  sam list endpoints --stack-name shop")
	group.AddCommand(
		newListing(u, h, "resources", "List the resources of a stack, and their states", listResources),
		newListing(u, h, "endpoints", "List the URLs of a stack's APIs and functions", listEndpoints),
		newListing(u, h, "stack-outputs", "List the outputs of a stack", listOutputs),
	)
	return group
}

// A table is a listing: rows for people, and the same for programs.
type table struct {
	header string
	rows   []string // cells with tabs between
	values any      // a slice
}

func newListing(u *ui.UI, h *config.Host, name, short string, list func(context.Context, *stack) (table, error)) *cobra.Command {
	var o stackOptions
	var output string
	cmd := &cobra.Command{
		Use: name, Short: short,
		Example: "  sam list " + name + " --stack-name ratings --output json",
		Args:    command.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOutput(output, "table"); err != nil {
				return err
			}
			s, err := o.open(cmd.Context(), u)
			if err != nil {
				return err
			}
			t, err := list(cmd.Context(), s)
			if err != nil {
				return err
			}
			if output == "json" {
				return ui.PrintJSON(u.Stdout, t.values)
			}
			return ui.PrintTable(u.Stdout, t.header, len(t.rows), func(i int) string { return t.rows[i] })
		},
	}
	asDeployed(cmd, h)
	flags := cmd.Flags()
	flags.SortFlags = false
	addOutputFlag(flags, &output, "table")
	o.addFlags(flags)
	return cmd
}

func listResources(ctx context.Context, s *stack) (table, error) {
	type resource struct { // the first two as SAM CLI has them
		LogicalResourceId, PhysicalResourceId, ResourceType, ResourceStatus string
	}
	values := []resource{}
	t := table{header: "Logical ID\tPhysical ID\tType\tStatus"}
	resources, err := s.resources(ctx)
	for _, r := range resources {
		v := resource{aws.ToString(r.LogicalResourceId), aws.ToString(r.PhysicalResourceId), aws.ToString(r.ResourceType), string(r.ResourceStatus)}
		values = append(values, v)
		t.rows = append(t.rows, strings.Join([]string{v.LogicalResourceId, cmp.Or(v.PhysicalResourceId, "-"), v.ResourceType, v.ResourceStatus}, "\t"))
	}
	t.values = values
	return t, err
}

func listOutputs(_ context.Context, s *stack) (table, error) { return outputsOf(s.Stack), nil }

func outputsOf(s *types.Stack) table {
	type output struct {
		OutputKey, OutputValue, Description string
	}
	values := []output{}
	t := table{header: "OutputKey\tOutputValue\tDescription"}
	for _, o := range s.Outputs {
		v := output{aws.ToString(o.OutputKey), aws.ToString(o.OutputValue), aws.ToString(o.Description)}
		values = append(values, v)
		t.rows = append(t.rows, strings.TrimRight(fmt.Sprintf("%s\t%s\t%s", v.OutputKey, v.OutputValue, v.Description), "\t"))
	}
	t.values = values
	return t
}
