package template

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkLarge reads, resolves and lists a template of many functions and
// routes, and compares ten times as many: the cost must grow with the size and
// not faster.
func BenchmarkLarge(b *testing.B) {
	few := write(b, b.TempDir(), "template.yaml", generated(500))
	many := write(b, b.TempDir(), "template.yaml", generated(5000))
	var small, large []float64
	for range 9 {
		small, large = append(small, list(b, few, 500)), append(large, list(b, many, 5000))
	}
	slices.Sort(small)
	slices.Sort(large)
	b.ReportMetric(small[4], "500-ms")
	b.ReportMetric(large[4], "5000-ms")
	b.ReportMetric(large[4]/small[4], "growth")
	b.ReportMetric(0, "ns/op")
}

// list returns the milliseconds that it took.
func list(b *testing.B, path string, count int) float64 {
	began := time.Now()
	template, err := Read(path, Options{Region: "us-east-1", Account: "123456789012"})
	if err != nil {
		b.Fatal(err)
	}
	functions, routes := template.Functions(), template.Routes()
	took := float64(time.Since(began)) / float64(time.Millisecond)
	if faults := template.Faults(); len(functions) != count || len(routes) != count || len(faults) > 0 {
		b.Fatalf("%d functions, %d routes, faults %v", len(functions), len(routes), faults)
	}
	return took
}

func generated(functions int) string {
	var b strings.Builder
	b.WriteString("Parameters: {Stage: {Type: String, Default: dev}}\nGlobals: {Function: {Runtime: nodejs20.x, Timeout: 5, Environment: {Variables: {STAGE: !Ref Stage}}}}\nResources:\n")
	for i := range functions {
		fmt.Fprintf(&b, `  Function%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/f%[1]d
      Handler: index.handler
      FunctionName: !Sub '${Stage}-function-%[1]d'
      Environment: {Variables: {NEXT: !GetAtt Function%[2]d.Arn, TABLE: !Join ['-', [table, !Ref Stage]]}}
      Events:
        Get: {Type: Api, Properties: {Path: '/items%[1]d/{id}', Method: get}}
`, i, (i+1)%functions)
	}
	return b.String()
}
