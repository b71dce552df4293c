package sam.bootstrap;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the handler that a function names: {@code package.Class} or {@code package.Class::method}. */
final class Handlers {
    private Handlers() {}

    /** Loads a handler; all that is wrong with it is a Fault. */
    static Handler load(String name, FunctionLoader loader) {
        int colons = name.lastIndexOf("::");
        String className = colons < 0 ? name : name.substring(0, colons);
        String method = colons < 0 ? null : name.substring(colons + 2);
        if (className.isEmpty() || "".equals(method)) {
            throw Fault.of("Invalid handler: `" + name + "'");
        }
        Class<?> type = loadClass(className, loader);
        try {
            return method == null ? implementing(type, loader) : named(method, type, loader);
        } catch (Fault fault) {
            throw fault;
        } catch (Throwable error) {
            throw Fault.of(Errors.message(error), error);
        }
    }

    private static Class<?> loadClass(String name, FunctionLoader loader) {
        try {
            return Class.forName(name, true, loader);
        } catch (ClassNotFoundException e) {
            throw Fault.of("Class not found: " + name, e);
        } catch (Throwable e) { // its static initialization, or classes that it needs
            String detail = e.getMessage() == null ? "" : ": " + e.getMessage();
            throw Fault.fatal("Error loading class " + name + detail, e);
        }
    }

    /** The handler of a class that implements one of AWS's interfaces. */
    private static Handler implementing(Class<?> type, FunctionLoader loader) throws Exception {
        if (RequestStreamHandler.class.isAssignableFrom(type)) {
            return new StreamHandler((RequestStreamHandler) instance(type));
        }
        if (!RequestHandler.class.isAssignableFrom(type)) {
            throw Fault.of("Class does not implement an appropriate handler interface: " + type.getName());
        }
        Type[] types = TypeArguments.of(RequestHandler.class, type);
        if (types == null) {
            throw Fault.of("Class " + type.getName() + " does not implement RequestHandler with concrete type parameters");
        }
        for (Type argument : types) {
            if (argument instanceof TypeVariable && ((TypeVariable<?>) argument).getBounds()[0] == Object.class) {
                throw Fault.of("Class " + type.getName() + " does not implement RequestHandler with concrete type"
                        + " parameters: parameter " + argument + " has no upper bound.");
            }
        }
        @SuppressWarnings("unchecked")
        RequestHandler<Object, Object> handler = (RequestHandler<Object, Object>) instance(type);
        return new ObjectHandler(handler, new Payload(types[0], types[1], loader));
    }

    /** The handler that is a method; of several with that name the one that AWS prefers. */
    private static Handler named(String name, Class<?> type, FunctionLoader loader) throws Exception {
        List<Method> overloads = new ArrayList<>();
        for (Method method : methods(name, type)) {
            if (method.getName().equals(name)) {
                overloads.add(method);
            }
        }
        overloads.sort(new Preference());
        for (Method method : overloads) {
            if (MethodHandler.accepts(method)) {
                Object instance = Modifier.isStatic(method.getModifiers()) ? null : instance(type);
                return new MethodHandler(method, instance, loader);
            }
        }
        throw Fault.of("No public method named " + name + " with appropriate method signature found on class "
                + type.getName());
    }

    private static Method[] methods(String name, Class<?> type) {
        try {
            return type.getMethods();
        } catch (NoClassDefFoundError e) { // a class that one of the signatures names
            throw Fault.of("Error loading method " + name + " on class " + type.getName(), e);
        }
    }

    private static Object instance(Class<?> type) throws Exception {
        try {
            return type.getConstructor().newInstance();
        } catch (NoSuchMethodException e) {
            if (type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers())) {
                throw new Exception("Class " + type.getName()
                        + " cannot be instantiated because it is a non-static inner class");
            }
            throw new Exception("Class " + type.getName() + " has no public zero-argument constructor", e);
        } catch (InvocationTargetException e) {
            throw Fault.fatal(Errors.message(e.getCause()), e.getCause());
        }
    }

    private static final class StreamHandler implements Handler {
        private final RequestStreamHandler handler;

        StreamHandler(RequestStreamHandler handler) {
            this.handler = handler;
        }

        @Override
        public void handle(byte[] event, Output result, FunctionContext context) throws IOException {
            handler.handleRequest(new ByteArrayInputStream(event), result, context);
        }
    }

    private static final class ObjectHandler implements Handler {
        private final RequestHandler<Object, Object> handler;
        private final Payload payload;

        ObjectHandler(RequestHandler<Object, Object> handler, Payload payload) {
            this.handler = handler;
            this.payload = payload;
        }

        @Override
        public void handle(byte[] event, Output result, FunctionContext context) {
            payload.write(handler.handleRequest(payload.read(event), context), result);
        }
    }

    /** Non-bridge methods first, then the longer signature; a Context at its end counts twice. */
    private static final class Preference implements Comparator<Method> {
        @Override
        public int compare(Method a, Method b) {
            return a.isBridge() != b.isBridge() ? Boolean.compare(a.isBridge(), b.isBridge()) : weight(b) - weight(a);
        }

        private static int weight(Method method) {
            Class<?>[] types = method.getParameterTypes();
            return types.length > 0 && types[types.length - 1] == Context.class ? types.length + 1 : types.length;
        }
    }
}
