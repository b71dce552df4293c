package local

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"sam/cmd/internal/ui"
	"sam/emulator/process"
)

// NewDoctor returns the command `sam local doctor`.
func NewDoctor(u *ui.UI) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Show how well functions can be isolated on this host",
		Long: `Show how well functions can be isolated on this host: what was tried, what does
not work and why, what functions lack for that, and what would have to be changed.

The exit code is 0 whatever is found: functions run in any case.`,
		Example: `  sam local doctor
  sam local doctor --output json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd.Context(), u, output) },
	}
	addOutputFlag(cmd.Flags(), &output)
	return cmd
}

// findingRow is a row of the table, and an element of its JSON.
type findingRow struct {
	About   string `json:"about"`
	Works   bool   `json:"works"`
	Reason  string `json:"reason,omitempty"`
	Without string `json:"without,omitempty"`
	Advice  string `json:"advice,omitempty"`
}

func runDoctor(ctx context.Context, u *ui.UI, output string) error {
	if err := checkOutput(output); err != nil {
		return err
	}
	var rows []findingRow
	for _, finding := range process.Diagnose(ctx) {
		row := findingRow{About: finding.About, Works: finding.Err == nil}
		if !row.Works {
			row.Reason, row.Without, row.Advice = finding.Err.Error(), finding.Without, finding.Advice()
		}
		rows = append(rows, row)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if output == "json" {
		return ui.PrintJSON(u.Stdout, rows)
	}
	level := isolationNamespaces
	if !rows[0].Works {
		level = isolationNone
	}
	if _, err := fmt.Fprintf(u.Stdout, "Functions are isolated by: %s\n\n", level); err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := fmt.Fprint(u.Stdout, row); err != nil {
			return err
		}
	}
	return nil
}

// String is a finding for people.
func (r findingRow) String() string {
	if r.Works {
		return fmt.Sprintf("yes  %s\n", r.About)
	}
	text := fmt.Sprintf("no   %s: %s\n     so %s\n", r.About, r.Reason, r.Without)
	if r.Advice != "" {
		text += "     " + r.Advice + "\n"
	}
	return text
}
