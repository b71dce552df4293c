package sam.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;

/**
 * Does what AWS's serializer does, for types that are made of String, Object, List and Map only. AWS's takes longer to
 * load than the JVM to start; it gets to do what turns out not to be plain, such as a number where a String is wanted.
 */
final class PlainSerializer implements Serializer {
    private final Type type;
    private final FunctionLoader loader;
    private Serializer aws; // once it was needed

    PlainSerializer(Type type, FunctionLoader loader) {
        this.type = type;
        this.loader = loader;
    }

    static boolean knows(Type type) {
        if (type instanceof ParameterizedType) {
            Type raw = ((ParameterizedType) type).getRawType();
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            return raw == List.class && knows(arguments[0])
                    || raw == Map.class && arguments[0] == String.class && knows(arguments[1]);
        }
        return type == String.class || type == Object.class;
    }

    @Override
    public Object read(byte[] json) throws IOException {
        try {
            return new JsonReader(new String(json, UTF_8)).read(type);
        } catch (NotPlainException e) {
            return aws().read(json);
        }
    }

    @Override
    public void write(Object value, Output json) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            JsonWriter.write(value, text);
        } catch (NotPlainException e) {
            aws().write(value, json);
            return;
        }
        json.write(text.toString().getBytes(UTF_8));
    }

    private Serializer aws() {
        if (aws == null) {
            aws = Serializers.aws(type, loader);
        }
        return aws;
    }
}
