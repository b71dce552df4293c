package local

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// NewRoutes returns the command `sam local routes`.
func NewRoutes(u *ui.UI, h *config.Host) *cobra.Command {
	var o functionsOptions
	cmd := &cobra.Command{
		Use:     "routes",
		Short:   "List the routes of the template's APIs",
		Long:    "List the routes of the REST and HTTP APIs of the template and of the stacks nested in it, with the functions behind them.",
		Example: "  sam local routes --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runRoutes(cmd.Context(), u, h, &o)
		},
	}
	o.addFlags(cmd.Flags())
	addOutputFlag(cmd.Flags(), &o.Output)
	return cmd
}

// routeRow is a row of the table, and an element of its JSON.
type routeRow struct {
	Method   string `json:"method"`
	Path     string `json:"path"`
	Function string `json:"function,omitempty"` // path among nested stacks; empty if there is none
	API      string `json:"api"`
	Kind     string `json:"kind"`              // REST or HTTP
	Payload  string `json:"payload,omitempty"` // version of an HTTP API's payload format
}

func runRoutes(ctx context.Context, u *ui.UI, h *config.Host, o *functionsOptions) error {
	if err := checkOutput(o.Output); err != nil {
		return err
	}
	t, err := readOnly(ctx, u, h, &o.templateOptions)
	if err != nil {
		return err
	}
	routes := t.Routes()
	sayProblems(t, u.Notice)
	rows := []routeRow{}
	for _, r := range routes {
		rows = append(rows, routeRow{r.Method, r.Path, r.Function, r.API.ID, r.API.Kind, r.Payload})
	}
	if o.Output == "json" {
		return ui.PrintJSON(u.Stdout, rows)
	}
	return ui.PrintTable(u.Stdout, "METHOD\tPATH\tFUNCTION\tAPI\tKIND", len(rows), func(i int) string {
		row := rows[i]
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", row.Method, row.Path, row.Function, row.API, strings.TrimSpace(row.Kind+" "+row.Payload))
	})
}
