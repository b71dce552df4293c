package values;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

/** Says nothing about its types. */
@SuppressWarnings("rawtypes")
public class Raw implements RequestHandler {
    @Override
    public Object handleRequest(Object event, Context context) {
        return event;
    }
}
