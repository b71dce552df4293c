// Handlers is a Go function that does what its event says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string
	Name string
	Size int
}

type greeting struct {
	Greeting string `json:"greeting"`
	Runtime  string `json:"runtime"`
}

type notFoundError struct{ name string }

func (e *notFoundError) Error() string { return e.name + " is nowhere" }

func handle(ctx context.Context, e event) (interface{}, error) {
	switch e.Do {
	case "fail":
		return nil, errors.New("boom <&>")
	case "fail with a type":
		return nil, &notFoundError{e.Name}
	case "panic":
		panic("oh")
	case "exit":
		os.Exit(3)
	case "sleep":
		time.Sleep(time.Minute)
	case "return much":
		return strings.Repeat("x", e.Size), nil
	case "log":
		fmt.Println("to stdout")
		fmt.Fprint(os.Stderr, "to stderr, unterminated")
		return nil, nil
	case "context":
		return describe(ctx), nil
	}
	fmt.Println("greeting", e.Name)
	return greeting{"hello " + e.Name, os.Getenv("AWS_EXECUTION_ENV")}, nil
}

func describe(ctx context.Context) map[string]interface{} {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return map[string]interface{}{
		"arn":       lc.InvokedFunctionArn,
		"directory": workingDirectory() == os.Getenv("LAMBDA_TASK_ROOT"),
		"left":      time.Until(deadline).Round(time.Second).String(),
		"memory":    lambdacontext.MemoryLimitInMB,
		"name":      lambdacontext.FunctionName,
		"request":   lc.AwsRequestID,
		"trace":     strings.HasPrefix(fmt.Sprint(ctx.Value("x-amzn-trace-id")), "Root=1-"),
	}
}

func workingDirectory() string {
	dir, _ := os.Getwd()
	return dir
}

// uploads tells which objects a notification of S3 is about.
func uploads(e events.S3Event) (names []string, err error) {
	for _, record := range e.Records {
		names = append(names, record.S3.Bucket.Name+"/"+record.S3.Object.Key)
	}
	return names, nil
}

func main() {
	switch os.Getenv("MODE") {
	case "uploads":
		lambda.Start(uploads)
	case "exit":
		fmt.Println("no configuration")
		os.Exit(4)
	}
	lambda.Start(handle)
}
