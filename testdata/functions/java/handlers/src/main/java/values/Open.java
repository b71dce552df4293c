package values;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

/** Leaves its types open. */
public class Open<T> implements RequestHandler<T, T> {
    @Override
    public T handleRequest(T event, Context context) {
        return event;
    }
}
