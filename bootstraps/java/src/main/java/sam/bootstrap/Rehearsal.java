package sam.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Serves a few invocations of a function of its own, so that a JVM can note which classes that takes:
 *
 * <pre>java -XX:DumpLoadedClassList=FILE -cp bootstrap.jar sam.bootstrap.Rehearsal</pre>
 *
 * From the list the JVM makes an archive of classes, which makes later starts faster. The function is in the working
 * directory: Shop as a file, the other classes in a jar of lib/, because these are loaded in different ways.
 */
public final class Rehearsal {
    private static final String ACCEPTED = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

    private Rehearsal() {}

    public static void main(String[] arguments) throws IOException {
        final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread thread = new Thread() {
            @Override
            public void run() {
                serve(server);
            }
        };
        thread.setDaemon(true);
        thread.start();
        File code = new File("");
        prepareOtherTypes(new FunctionLoader(code.getAbsoluteFile(), null, new FunctionLogger(System.out)));
        Main.run("127.0.0.1:" + server.getLocalPort(), Shop.class.getName(), code, null);
    }

    /** Loads what handlers with other kinds of types need. */
    private static void prepareOtherTypes(FunctionLoader loader) throws IOException {
        Serializer objects = Serializers.of(Object.class, loader);
        objects.write(objects.read("{\"list\":[1,true,2.5,\"\\n\"]}".getBytes(UTF_8)), new Output());
        LambdaEventSerializers.isLambdaSupportedEvent("");
    }

    /** A Runtime API that knows all the answers beforehand: two events, and the end. */
    private static void serve(ServerSocket server) {
        String answers = next("{\"id\":\"1\",\"items\":[{\"name\":\"ink\",\"count\":2}],\"notes\":{\"a\":\"b\"}}") + ACCEPTED
                + next("{\"id\":\"2\"}") + ACCEPTED;
        try (Socket connection = server.accept()) {
            connection.getOutputStream().write(answers.getBytes(UTF_8));
            connection.shutdownOutput();
            while (connection.getInputStream().read() >= 0) {
                // until the bootstrap has sent everything and left
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String next(String event) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: rehearsal\r\n"
                + "Lambda-Runtime-Deadline-Ms: 0\r\nLambda-Runtime-Invoked-Function-Arn: arn:aws:lambda\r\n"
                + "Content-Length: " + event.length() + "\r\n\r\n" + event;
    }

    /** A handler of objects, which fails without items. */
    public static final class Shop implements RequestHandler<Order, Map<String, Integer>> {
        @Override
        public Map<String, Integer> handleRequest(Order order, Context context) {
            context.getLogger().log("order " + order.getId() + "\n");
            System.out.println(order.getId());
            return Collections.singletonMap("count", order.getItems().get(0).getCount());
        }
    }

    public static final class Order {
        private String id;
        private List<Item> items;
        private Map<String, Object> notes;

        public String getId() {
            return id;
        }

        public void setId(String id) {
            this.id = id;
        }

        public List<Item> getItems() {
            return items;
        }

        public void setItems(List<Item> items) {
            this.items = items;
        }

        public Map<String, Object> getNotes() {
            return notes;
        }

        public void setNotes(Map<String, Object> notes) {
            this.notes = notes;
        }
    }

    public static final class Item {
        private String name;
        private int count;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }
    }
}
