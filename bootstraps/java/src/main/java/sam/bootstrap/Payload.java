package sam.bootstrap;

import java.lang.reflect.Type;

/** What a handler takes and returns, between JSON and objects. */
final class Payload {
    static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final Serializer input; // null if the handler takes no event
    private final Serializer output; // null if it returns nothing

    Payload(Type input, Type output, FunctionLoader loader) {
        this.input = input == null ? null : Serializers.of(input, loader);
        this.output = output == void.class || output == Void.class ? null : Serializers.of(output, loader);
    }

    /** The event as an object, or null if the handler takes none. */
    Object read(byte[] event) {
        try {
            return input == null ? null : input.read(event);
        } catch (Throwable e) {
            throw new RuntimeException("An error occurred during JSON parsing", e);
        }
    }

    void write(Object returned, Output result) {
        try {
            if (output == null) {
                result.write(NULL);
            } else {
                output.write(returned, result);
            }
        } catch (Throwable e) {
            throw new RuntimeException("An error occurred during JSON serialization of response", e);
        }
    }
}
