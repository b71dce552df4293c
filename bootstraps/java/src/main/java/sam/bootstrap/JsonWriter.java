package sam.bootstrap;

import java.util.Collection;
import java.util.Map;

/** Writes JSON as AWS's serializer does. */
final class JsonWriter {
    private static final String HEX = "0123456789ABCDEF";
    private static final int DEEP = 200; // deeper values, and those that contain themselves, are not plain

    private JsonWriter() {}

    static void write(Object value, StringBuilder json) throws NotPlainException {
        write(value, json, 0);
    }

    private static void write(Object value, StringBuilder json, int depth) throws NotPlainException {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            json.append(value);
        } else if (value instanceof String) {
            quote((String) value, true, json);
        } else if (value.getClass().getClassLoader() != null || depth == DEEP) {
            throw new NotPlainException();
        } else if (value instanceof Map) {
            writeMap((Map<?, ?>) value, json, depth);
        } else if (value instanceof Collection) {
            char separator = '[';
            for (Object element : (Collection<?>) value) {
                write(element, json.append(separator), depth + 1);
                separator = ',';
            }
            json.append(separator == '[' ? "[]" : "]");
        } else {
            throw new NotPlainException();
        }
    }

    /** Null values are left out. */
    private static void writeMap(Map<?, ?> map, StringBuilder json, int depth) throws NotPlainException {
        char separator = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getValue() != null) {
                if (!(entry.getKey() instanceof String)) {
                    throw new NotPlainException();
                }
                write(entry.getKey(), json.append(separator), depth);
                write(entry.getValue(), json.append(':'), depth + 1);
                separator = ',';
            }
        }
        json.append(separator == '{' ? "{}" : "}");
    }

    /** Writes a text of the bootstrap's own. */
    static void quote(String text, StringBuilder json) {
        quote(text, false, json);
    }

    /** Characters beyond U+FFFF, which are two surrogates each, AWS's serializer escapes. */
    private static void quote(String text, boolean escapeSurrogates, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c >= '\b' && c <= '\r' && c != 0x0b) {
                json.append('\\').append("btn-fr".charAt(c - '\b'));
            } else if (c < ' ' || escapeSurrogates && Character.isSurrogate(c)) {
                json.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    json.append(HEX.charAt(c >> shift & 15));
                }
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
