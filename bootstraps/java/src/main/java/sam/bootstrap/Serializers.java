package sam.bootstrap;

import com.amazonaws.services.lambda.runtime.CustomPojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Type;
import java.util.Iterator;
import java.util.ServiceLoader;

/** Finds the serializer for a type. */
final class Serializers {
    private Serializers() {}

    /** The function's own serializer if it brings one, else one that does as AWS's. */
    static Serializer of(Type type, FunctionLoader functionLoader) {
        CustomPojoSerializer custom = custom(functionLoader);
        if (custom != null) {
            return new Custom(custom, type);
        }
        return PlainSerializer.knows(type) ? new PlainSerializer(type, functionLoader) : aws(type, functionLoader);
    }

    private static CustomPojoSerializer custom(FunctionLoader functionLoader) {
        if (functionLoader.findResource("META-INF/services/" + CustomPojoSerializer.class.getName()) == null) {
            return null; // a ServiceLoader would look through the JDK as well, in 3 ms
        }
        Iterator<CustomPojoSerializer> found = ServiceLoader.load(CustomPojoSerializer.class, functionLoader).iterator();
        CustomPojoSerializer custom = found.next();
        if (found.hasNext()) {
            throw new IllegalStateException(
                    "Too many serializers provided inside the META-INF/services folder, only one is allowed");
        }
        return custom;
    }

    /** AWS's serializer, which knows AWS's events and how to do the rest with Jackson. */
    static Serializer aws(Type type, FunctionLoader functionLoader) {
        // The package comes first because it takes its time to load the list of AWS's events.
        if (type instanceof Class && type.getTypeName().startsWith("com.amazonaws.")
                && LambdaEventSerializers.isLambdaSupportedEvent(type.getTypeName())) {
            return new Aws<>(LambdaEventSerializers.serializerFor((Class<?>) type, functionLoader));
        }
        return new Aws<>(JacksonFactory.getInstance().getSerializer(type));
    }

    private static final class Aws<T> implements Serializer {
        private final PojoSerializer<T> serializer;

        Aws(PojoSerializer<T> serializer) {
            this.serializer = serializer;
        }

        @Override
        public Object read(byte[] json) {
            return serializer.fromJson(new ByteArrayInputStream(json));
        }

        @Override
        @SuppressWarnings("unchecked")
        public void write(Object value, Output json) {
            serializer.toJson((T) value, json);
        }
    }

    private static final class Custom implements Serializer {
        private final CustomPojoSerializer serializer;
        private final Type type;

        Custom(CustomPojoSerializer serializer, Type type) {
            this.serializer = serializer;
            this.type = type;
        }

        @Override
        public Object read(byte[] json) {
            return serializer.fromJson(new ByteArrayInputStream(json), type);
        }

        @Override
        public void write(Object value, Output json) {
            serializer.toJson(value, json, type);
        }
    }
}
