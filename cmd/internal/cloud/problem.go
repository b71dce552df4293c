package cloud

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"sam/cmd/internal/command"
	"sam/cmd/internal/ui"
)

// A problem is an error in one sentence, with the next step.
type problem struct {
	text, hint string
	cause      error
}

func (p *problem) Error() string { return p.text }
func (p *problem) Hint() string  { return p.hint }
func (p *problem) Unwrap() error { return p.cause }

// A usageError says what is wrong with the flags of a command, and what would be
// right if the flag's description does not say so.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }
func (e *usageError) Hint() string  { return e.hint }

// wrongValue is the usageError of a flag.
func wrongValue(flag, format string, args ...any) error {
	return &usageError{text: "--" + flag + ": " + fmt.Sprintf(format, args...)}
}

// interrupted is the error of a command that was interrupted: what it says
// itself, if that is for users.
func interrupted(err error) error {
	if own := new(problem); errors.As(err, &own) {
		return err
	}
	return command.ErrInterrupted
}

// explain words an error of AWS or of the way there. Errors that are worded
// already stay as they are.
func explain(err error) error {
	if own := new(problem); err == nil || errors.As(err, &own) {
		return err
	}
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return explainConnection(err)
	}
	var operation *smithy.OperationError
	call := "the request"
	if errors.As(err, &operation) {
		call = operation.Service() + " " + operation.Operation()
	}
	message := answer.ErrorMessage()
	switch answer.ErrorCode() {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired":
		return &problem{"the AWS credentials have expired", "log in again, or set new ones", err}
	case "InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException", "AuthFailure", "InvalidToken":
		return &problem{"AWS does not know the credentials that were sent", "run aws sts get-caller-identity to see whose they are; check AWS_ACCESS_KEY_ID, or the profile", err}
	case "SignatureDoesNotMatch":
		return &problem{"the secret access key does not belong to the access key", "check AWS_SECRET_ACCESS_KEY, or the profile", err}
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden", "AllAccessDisabled":
		return &problem{fmt.Sprintf("access is denied to %s%s", call, behind(message)), "have an administrator allow it, or use other credentials (--profile)", err}
	case "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown":
		return &problem{"AWS throttles " + call, "run the command again in a while", err}
	case "ValidationError":
		return &problem{strings.TrimSuffix(lowerFirst(message), "."), "correct the template (sam validate), or the options", err}
	case "ResourceNotFoundException":
		return &problem{strings.TrimSuffix(lowerFirst(cmp.Or(message, call+" finds nothing")), "."), "check the name, --region and --profile", err}
	}
	var status *awshttp.ResponseError
	switch {
	case errors.As(err, &status) && status.HTTPStatusCode() >= 500:
		return &problem{fmt.Sprintf("AWS answers %s with %d%s", call, status.HTTPStatusCode(), behind(message)), "run the command again in a while", err}
	case answer.ErrorCode() == "UnknownError":
		return unreadable(err)
	}
	return &problem{fmt.Sprintf("%s: %s%s", call, answer.ErrorCode(), behind(message)), "", err}
}

// behind is a message behind a colon, if there is one.
func behind(message string) string {
	if message = strings.TrimSpace(message); message == "" || message == "Forbidden" || message == "UnknownError" {
		return ""
	}
	return ": " + strings.TrimSuffix(message, ".")
}

func lowerFirst(text string) string {
	if len(text) > 1 && text[1] >= 'a' && text[1] <= 'z' {
		return strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

// explainConnection words an error that came before an answer.
func explainConnection(err error) error {
	var lookup *net.DNSError
	var connection *net.OpError
	switch {
	case errors.As(err, &lookup):
		return &problem{fmt.Sprintf("AWS cannot be reached: the name %s is not found", lookup.Name), "check the network, the region, and AWS_ENDPOINT_URL", err}
	case errors.As(err, &connection) && connection.Op == "dial" && connection.Addr != nil:
		return &problem{fmt.Sprintf("AWS cannot be reached at %s: %s", connection.Addr, lastCause(connection)), "check the network, proxies, and AWS_ENDPOINT_URL", err}
	}
	var sending interface{ ConnectionError() bool }
	if connection != nil || errors.As(err, &sending) && sending.ConnectionError() {
		return &problem{"the connection to AWS was lost: " + lastCause(err), "run the command again: what is uploaded stays", err}
	}
	return unreadable(err)
}

// unreadable words an answer that is none of AWS's.
func unreadable(err error) error {
	var status *awshttp.ResponseError
	if errors.As(err, &status) && status.HTTPStatusCode() != 0 {
		return &problem{fmt.Sprintf("AWS answered %d, in a way that cannot be read", status.HTTPStatusCode()), "check AWS_ENDPOINT_URL and proxies", err}
	}
	return err
}

// lastCause is the innermost reason of an error.
func lastCause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// isCode tells whether AWS has answered with one of these codes.
func isCode(err error, codes ...string) bool {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		for _, code := range codes {
			if answer.ErrorCode() == code {
				return true
			}
		}
	}
	return false
}

var errNoAnswer = &problem{"there is nobody to answer: standard input has ended", "give the answers as flags: sam delete --no-prompts, sam deploy without --guided and --confirm-changeset", nil}

// newAsker returns who asks the questions of these commands.
func newAsker(u *ui.UI) *ui.Asker { return ui.NewAsker(u, errNoAnswer) }
