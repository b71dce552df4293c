package local

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"sam/bootstraps"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator/template"
)

// functionsOptions are what `sam local functions` is told.
type functionsOptions struct {
	templateOptions
	Output string
}

// NewFunctions returns the command `sam local functions`.
func NewFunctions(u *ui.UI, h *config.Host) *cobra.Command {
	var o functionsOptions
	cmd := &cobra.Command{
		Use:     "functions",
		Short:   "List the functions of the template",
		Long:    "List the functions of the template and of the stacks nested in it, and why one cannot be run locally.",
		Example: "  sam local functions --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runFunctions(cmd.Context(), u, h, &o)
		},
	}
	o.addFlags(cmd.Flags())
	addOutputFlag(cmd.Flags(), &o.Output)
	return cmd
}

// functionRow is a row of the table, and an element of its JSON.
type functionRow struct {
	Function string `json:"function"` // path among nested stacks
	Name     string `json:"functionName,omitempty"`
	Runtime  string `json:"runtime"`
	Handler  string `json:"handler"`
	Code     string `json:"code,omitempty"` // absolute path; empty if it is inline, or an image
	Image    string `json:"image,omitempty"`
	Runnable bool   `json:"runnable"`
	Problem  string `json:"problem,omitempty"`
}

func runFunctions(ctx context.Context, u *ui.UI, h *config.Host, o *functionsOptions) error {
	if err := checkOutput(o.Output); err != nil {
		return err
	}
	t, err := readOnly(ctx, u, h, &o.templateOptions)
	if err != nil {
		return err
	}
	functions := t.Functions()
	sayProblems(t, u.Notice)
	rows := []functionRow{}
	for _, fn := range functions {
		row, err := newFunctionRow(&fn)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if o.Output == "json" {
		return ui.PrintJSON(u.Stdout, rows)
	}
	return ui.PrintTable(u.Stdout, "FUNCTION\tRUNTIME\tHANDLER\tCODE", len(rows), func(i int) string {
		row := rows[i]
		where := row.Code
		switch {
		case !row.Runnable:
			where = "cannot be run: " + row.Problem
		case row.Image != "":
			where = "image " + row.Image
		case where == "":
			where = "(inline)"
		}
		return fmt.Sprintf("%s\t%s\t%s\t%s", row.Function, row.Runtime, row.Handler, where)
	})
}

func newFunctionRow(fn *template.Function) (functionRow, error) {
	row := functionRow{Function: fn.FullPath(), Name: fn.FunctionName, Runtime: fn.Runtime, Handler: fn.Handler, Runnable: true}
	problem := fn.Unrunnable
	if problem == nil && fn.Image == nil {
		_, problem = bootstraps.Parse(fn.Runtime)
	}
	if problem != nil {
		row.Runnable, row.Problem = false, problem.Error()
		return row, nil
	}
	if fn.Image != nil {
		row.Image = fn.Image.URI
		return row, nil
	}
	if fn.InlineCode != "" {
		return row, nil
	}
	var err error
	row.Code, err = filepath.Abs(fn.Code)
	return row, err
}
