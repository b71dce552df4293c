package values;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Handlers of streams: an interface, and methods with other signatures. */
public class Streams implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
        }
    }

    public void upperCase(InputStream in, OutputStream out) throws IOException {
        for (int c = in.read(); c >= 0; c = in.read()) {
            out.write(Character.toUpperCase(c));
        }
    }

    public void reads(InputStream in, Context context) throws IOException {
        System.out.println("first byte " + (char) in.read());
    }

    public static void writes(OutputStream out, Context context) throws IOException {
        out.write("not JSON".getBytes("UTF-8"));
    }
}
