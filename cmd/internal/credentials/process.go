package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// processLimit is how long a credential_process may take, which is what AWS's
// SDK for Go allows.
const processLimit = time.Minute

// runProcess runs a credential_process and returns what it prints:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
//
// It gets no input, since the event may be on ours.
func runProcess(ctx context.Context, command string) (Credentials, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, processLimit, fmt.Errorf("it gave no answer within %v", processLimit))
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", command)
	defer confine(cmd)()
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Credentials{}, context.Cause(ctx)
	case errors.As(err, &exit) && len(exit.Stderr) > 0:
		return Credentials{}, fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
	case err != nil && !errors.Is(err, exec.ErrWaitDelay): // else something it left running holds its output
		return Credentials{}, err
	}
	return parseProcess(out)
}

// parseProcess reads what a credential_process printed. Its errors quote none
// of it.
func parseProcess(out []byte) (Credentials, error) {
	var answer struct {
		Version                                    int
		AccessKeyID, SecretAccessKey, SessionToken string
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return Credentials{}, errors.New("it printed no JSON object with credentials")
	}
	if answer.Version != 1 {
		return Credentials{}, fmt.Errorf("it printed credentials of version %d: only version 1 is known", answer.Version)
	}
	if answer.AccessKeyID == "" || answer.SecretAccessKey == "" {
		return Credentials{}, errors.New("it printed no AccessKeyId or no SecretAccessKey")
	}
	return Credentials{answer.AccessKeyID, answer.SecretAccessKey, answer.SessionToken}, nil
}
