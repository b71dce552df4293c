package values;

import com.amazonaws.services.lambda.runtime.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Handlers that are methods, by what they take and give. */
public class Methods {
    private int calls;

    public static String staticMethod(String event) {
        return "static " + event;
    }

    public Order order(Order order) {
        return order;
    }

    public int counting() {
        return ++calls;
    }

    public void nothing(String event) {}

    public String text(String text) {
        return text;
    }

    public Object any(Object any) {
        return any;
    }

    public int integer(int number) {
        return number + 1;
    }

    public Long boxed(Long number) {
        return number;
    }

    public boolean not(boolean bit) {
        return !bit;
    }

    public double half(double number) {
        return number / 2;
    }

    public List<Integer> sorted(List<Integer> numbers) {
        numbers.sort(null);
        return numbers;
    }

    public String firstId(List<Order> orders) {
        return orders.get(0).getId();
    }

    public Map<String, Integer> counts(Map<String, Order> orders) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        orders.forEach((name, order) -> counts.put(name, order.getCount()));
        return counts;
    }

    public String[] array(String[] texts) {
        Arrays.sort(texts);
        return texts;
    }

    public Optional<String> optional() {
        return Optional.of("there");
    }

    public List<String> types(Map<String, Object> event) {
        List<String> types = new ArrayList<>();
        event.forEach((name, value) -> types.add(name + " " + value.getClass().getSimpleName()));
        return types;
    }

    public Map<String, Object> holes() {
        Map<String, Object> holes = new LinkedHashMap<>();
        holes.put("none", null);
        holes.put("list", Arrays.asList(1, null, 2));
        return holes;
    }

    public Map<String, Object> mixed() {
        Map<String, Object> mixed = new LinkedHashMap<>();
        mixed.put("float", 1.5f);
        mixed.put("nan", Double.NaN);
        mixed.put("state", Order.State.SHIPPED);
        mixed.put("bytes", new byte[] {1, 2, 3});
        mixed.put("control", "\b\f\u0001/");
        return mixed;
    }

    public Map<Object, Object> keys() {
        Map<Object, Object> keys = new HashMap<>();
        keys.put(1, "one");
        return keys;
    }

    public String large(int size) {
        char[] text = new char[size];
        Arrays.fill(text, 'x');
        return new String(text);
    }

    public int length(String text) {
        return text.length();
    }

    // Overloads: AWS takes the longest, and one with a Context before others.

    public String overloaded(String event) {
        return "event";
    }

    public String overloaded(String event, Context context) {
        return "event and context";
    }

    public String overloaded(String event, String more, Context context) {
        return "not a signature of a handler";
    }

    public String onlyContext(Context context) {
        return context.getAwsRequestId();
    }

    public String tooMany(String one, String two) {
        return one + two;
    }
}
