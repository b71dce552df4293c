package sam.bootstrap;

import java.util.Map;

/** An event, and what the Runtime API says about it. */
final class Invocation {
    final byte[] event;
    private final Map<String, String> headers;

    /** Headers go by their names in lower case. */
    Invocation(Map<String, String> headers, byte[] event) {
        this.headers = headers;
        this.event = event;
    }

    String requestId() {
        return headers.get("lambda-runtime-aws-request-id");
    }

    String functionArn() {
        return headers.get("lambda-runtime-invoked-function-arn");
    }

    String traceId() {
        return headers.get("lambda-runtime-trace-id");
    }

    String tenantId() {
        return headers.get("lambda-runtime-aws-tenant-id");
    }

    String clientContext() {
        return headers.get("lambda-runtime-client-context");
    }

    String cognitoIdentity() {
        return headers.get("lambda-runtime-cognito-identity");
    }

    /** When the invocation times out, in ms since 1970; 0 if the Runtime API does not say. */
    long deadline() {
        String value = headers.get("lambda-runtime-deadline-ms");
        return value == null ? 0 : Long.parseLong(value);
    }
}
