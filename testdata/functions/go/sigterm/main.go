// Sigterm is a Go function that cleans up when its environment is shut down:
// AWS's library registers an internal extension for that.
package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"
)

func handle(context.Context) (string, error) { return "done", nil }

func main() {
	lambda.StartWithOptions(handle, lambda.WithEnableSIGTERM(func() { fmt.Println("asked to leave") }))
}
