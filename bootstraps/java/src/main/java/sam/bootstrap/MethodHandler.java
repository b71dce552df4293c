package sam.bootstrap;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;

/** A handler that is a method of any class. */
final class MethodHandler implements Handler {
    private final Method method;
    private final Object instance; // null for a static method
    private final Class<?>[] parameters;
    private final Payload payload; // null if it takes or gives streams
    private final boolean writes; // to a stream

    /** The method must be one that is accepted. */
    MethodHandler(Method method, Object instance, FunctionLoader loader) {
        this.method = method;
        this.instance = instance;
        parameters = method.getParameterTypes();
        Class<?> first = parameters.length == 0 ? Context.class : parameters[0];
        Type input = first == Context.class ? null : method.getGenericParameterTypes()[0];
        boolean streams = first == InputStream.class || first == OutputStream.class;
        payload = streams ? null : new Payload(input, method.getGenericReturnType(), loader);
        writes = first == OutputStream.class || parameters.length > 1 && parameters[1] == OutputStream.class;
    }

    /** Whether a method's parameters are an event, an InputStream, an OutputStream, both, or none, then a Context or none. */
    static boolean accepts(Method method) {
        Class<?>[] types = method.getParameterTypes();
        int count = types.length;
        if (count > 0 && types[count - 1] == Context.class) {
            count--;
        }
        switch (count) {
            case 0:
                return true;
            case 1:
                return types[0] != Context.class;
            default:
                return count == 2 && types[0] == InputStream.class && types[1] == OutputStream.class;
        }
    }

    @Override
    public void handle(byte[] event, Output result, FunctionContext context) throws Throwable {
        Object[] arguments = new Object[parameters.length];
        for (int i = 0; i < arguments.length; i++) {
            Class<?> type = parameters[i];
            if (type == Context.class) {
                arguments[i] = context;
            } else if (type == OutputStream.class) {
                arguments[i] = result;
            } else if (type == InputStream.class) {
                arguments[i] = new ByteArrayInputStream(event);
            } else {
                arguments[i] = payload.read(event);
            }
        }
        Object returned;
        try {
            returned = method.invoke(instance, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        if (payload != null) {
            payload.write(returned, result);
        } else if (!writes) {
            result.write(Payload.NULL);
        }
    }
}
