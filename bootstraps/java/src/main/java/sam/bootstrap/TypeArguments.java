package sam.bootstrap;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** Generic types of classes. */
final class TypeArguments {
    private TypeArguments() {}

    /**
     * The arguments that a type gives to a generic interface of its own or of its ancestors, or null if it gives none.
     * What stays open is a TypeVariable; as on AWS, one that is nested ({@code List<T>}) is not filled in.
     */
    static Type[] of(Class<?> target, Type type) {
        return find(target, type, Collections.<TypeVariable<?>, Type>emptyMap());
    }

    private static Type[] find(Class<?> target, Type type, Map<TypeVariable<?>, Type> known) {
        Class<?> raw;
        Type[] arguments = null;
        Map<TypeVariable<?>, Type> filled = new HashMap<>();
        if (type instanceof ParameterizedType) {
            raw = (Class<?>) ((ParameterizedType) type).getRawType();
            arguments = ((ParameterizedType) type).getActualTypeArguments();
            for (int i = 0; i < arguments.length; i++) {
                if (known.containsKey(arguments[i])) {
                    arguments[i] = known.get(arguments[i]);
                }
                filled.put(raw.getTypeParameters()[i], arguments[i]);
            }
        } else {
            raw = (Class<?>) type;
        }
        if (raw == target) {
            return arguments;
        }
        if (!target.isAssignableFrom(raw)) {
            return null;
        }
        for (Type parent : raw.getGenericInterfaces()) {
            Type[] found = find(target, parent, filled);
            if (found != null) {
                return found;
            }
        }
        return raw.getGenericSuperclass() == null ? null : find(target, raw.getGenericSuperclass(), filled);
    }
}
