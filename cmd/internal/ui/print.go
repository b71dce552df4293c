package ui

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// PrintJSON prints a value for programs, and for people who read with them.
func PrintJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// PrintTable prints rows of cells with tabs between.
func PrintTable(w io.Writer, header string, rows int, row func(int) string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, header)
	for i := range rows {
		fmt.Fprintln(table, row(i))
	}
	return table.Flush()
}
