package hello;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Collections;
import java.util.Map;

/** The hello of the README. */
public class App implements RequestHandler<Map<String, String>, Map<String, String>> {
    @Override
    public Map<String, String> handleRequest(Map<String, String> event, Context context) {
        String name = event.getOrDefault("name", "World");
        System.out.println("Greeting " + name);
        return Collections.singletonMap("message", "Hello, " + name);
    }

    /** What a bare JVM does, for the benchmark. */
    public static void main(String[] arguments) {
        System.out.println(new App().handleRequest(Collections.singletonMap("name", "Ada"), null));
    }
}
