package values;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

/** What frameworks do: the types are known only further down. */
public abstract class Base<O, I> implements RequestHandler<I, O> {
    @Override
    public O handleRequest(I event, Context context) {
        return handle(event);
    }

    protected abstract O handle(I event);
}
