package sam.bootstrap;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON as AWS's serializer does; what is not exactly JSON of the wanted type is not plain. */
final class JsonReader {
    private static final int DEEP = 200;

    private final String json;
    private int at;
    private int depth;

    JsonReader(String json) {
        this.json = json;
    }

    /** The value that the whole text is, as an object of a type that PlainSerializer knows. */
    Object read(Type type) throws NotPlainException {
        Object value = value(type);
        if (at < json.length()) {
            throw new NotPlainException();
        }
        return value;
    }

    /** A value and the space around it. */
    private Object value(Type type) throws NotPlainException {
        Object value;
        switch (space()) {
            case '"':
                demand(type == String.class || type == Object.class);
                value = string();
                break;
            case '{':
                demand(type == Object.class || raw(type) == Map.class);
                value = map(argument(type, 1));
                break;
            case '[':
                demand(type == Object.class || raw(type) == List.class);
                value = list(argument(type, 0));
                break;
            case 'n':
                value = word("null", null);
                break;
            case 't':
                demand(type == Object.class);
                value = word("true", true);
                break;
            case 'f':
                demand(type == Object.class);
                value = word("false", false);
                break;
            default:
                demand(type == Object.class);
                value = number();
        }
        space();
        return value;
    }

    private static Type raw(Type type) {
        return type instanceof ParameterizedType ? ((ParameterizedType) type).getRawType() : type;
    }

    private static Type argument(Type type, int index) {
        return type == Object.class ? type : ((ParameterizedType) type).getActualTypeArguments()[index];
    }

    private Map<String, Object> map(Type values) throws NotPlainException {
        Map<String, Object> map = new LinkedHashMap<>();
        enter();
        if (space() == '}') {
            return leave(map);
        }
        while (true) {
            demand(space() == '"');
            String key = string();
            demand(space() == ':');
            at++;
            map.put(key, value(values));
            if (peek() == '}') {
                return leave(map);
            }
            demand(peek() == ',');
            at++;
        }
    }

    private List<Object> list(Type elements) throws NotPlainException {
        List<Object> list = new ArrayList<>();
        enter();
        if (space() == ']') {
            return leave(list);
        }
        while (true) {
            list.add(value(elements));
            if (peek() == ']') {
                return leave(list);
            }
            demand(peek() == ',');
            at++;
        }
    }

    private void enter() throws NotPlainException {
        at++;
        demand(++depth < DEEP);
    }

    private <T> T leave(T value) {
        at++;
        depth--;
        return value;
    }

    private String string() throws NotPlainException {
        int from = ++at;
        while (peek() != '"') {
            if (peek() == '\\') {
                return escapedString(from);
            }
            character();
        }
        return json.substring(from, at++);
    }

    /** The rest of a string, of which the part before its first backslash has been read. */
    private String escapedString(int from) throws NotPlainException {
        StringBuilder text = new StringBuilder(json.substring(from, at));
        while (peek() != '"') {
            if (peek() == '\\') {
                at++;
                text.append(escape());
            } else {
                text.append(character());
            }
        }
        at++;
        return text.toString();
    }

    /** A character that needs no escape. One that is no Unicode may come from bytes that are no UTF-8. */
    private char character() throws NotPlainException {
        char c = peek();
        demand(c >= ' ' && c != '\uFFFD');
        at++;
        return c;
    }

    private char escape() throws NotPlainException {
        char c = peek();
        at++;
        switch (c) {
            case '"':
            case '\\':
            case '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(peek(), 16);
                    demand(digit >= 0 && peek() < 128);
                    code = code << 4 | digit;
                    at++;
                }
                return (char) code;
            default:
                throw new NotPlainException();
        }
    }

    private <T> T word(String word, T value) throws NotPlainException {
        demand(json.startsWith(word, at));
        at += word.length();
        return value;
    }

    private Number number() throws NotPlainException {
        int from = at;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        boolean whole = true;
        if (peek() == '.') {
            whole = false;
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            whole = false;
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        String text = json.substring(from, at);
        if (!whole) {
            return Double.valueOf(text);
        }
        demand(text.length() <= 18); // it might be too big for a long
        long number = Long.parseLong(text);
        if (number == (int) number) {
            return (int) number;
        }
        return number;
    }

    private void digits() throws NotPlainException {
        demand(peek() >= '0' && peek() <= '9');
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
    }

    /** Goes past space; returns the character behind it. */
    private char space() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
            at++;
        }
        return peek();
    }

    /** The next character; NUL, which JSON has nowhere, at the end. */
    private char peek() {
        return at < json.length() ? json.charAt(at) : 0;
    }

    private static void demand(boolean plain) throws NotPlainException {
        if (!plain) {
            throw new NotPlainException();
        }
    }
}
