package serializer;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

/** Leaves JSON to a serializer of its own, and brings no aws-lambda-java-core: AWS's runtimes have it. */
public class App implements RequestHandler<StringBuilder, StringBuilder> {
    @Override
    public StringBuilder handleRequest(StringBuilder event, Context context) {
        return event.reverse();
    }
}
