package sam.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The Runtime API over one connection, with an HTTP framing of our own: HttpURLConnection takes 20 ms more to load. */
final class RuntimeApi {
    // Up to this size a request is sent in one piece; beyond it, joining the pieces costs more than sending two.
    private static final int SMALL = 1 << 16;
    private static final byte[] NOTHING = {};

    private final String address;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] nextRequest;
    private final byte[] buffer = new byte[SMALL];
    private int start; // of what has been received and not read yet,
    private int end; // and its end
    private String posted; // the path of what the server has yet to confirm
    private int status; // of the last reply,
    private Map<String, String> headers; // and its headers by their names in lower case

    RuntimeApi(String address) throws IOException {
        this.address = address;
        int colon = address.lastIndexOf(':');
        Socket socket = new Socket(Proxy.NO_PROXY); // function code may set a SOCKS proxy, which is not meant for this
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
        in = socket.getInputStream();
        out = socket.getOutputStream();
        nextRequest = head("GET", "invocation/next", "");
    }

    /** Asks for the first invocation. */
    void ask() {
        send(nextRequest, NOTHING, 0, NOTHING);
    }

    /** The invocation that was asked for, once there is one. */
    Invocation next() {
        if (posted != null) {
            confirm();
        }
        byte[] event = receive();
        if (status != 200) {
            fail("invocation/next", event);
        }
        return new Invocation(headers, event);
    }

    /** Posts the result of an invocation and asks for the next one, in one go: the server answers in order. */
    void answer(String path, Output body, String errorType) {
        posted = path;
        send(head("POST", path, fields(body, errorType)), body.array(), body.size(), nextRequest);
    }

    /** Posts, and waits until the server has confirmed it. */
    void post(String path, Output body, String errorType) {
        posted = path;
        send(head("POST", path, fields(body, errorType)), body.array(), body.size(), NOTHING);
        confirm();
    }

    private void confirm() {
        String path = posted;
        posted = null;
        byte[] answer = receive();
        if (status != 202 && status != 413) { // too large: the server has told the caller
            fail(path, answer);
        }
    }

    private void fail(String path, byte[] answer) {
        System.err.println("sam: the Lambda Runtime API at " + address + " answered " + status + " to " + path
                + ", which is a bug in sam: " + new String(answer, UTF_8).trim());
        System.exit(1);
    }

    private static String fields(Output body, String errorType) {
        String fields = "Content-Type: application/json\r\nContent-Length: " + body.size() + "\r\n";
        return errorType == null ? fields : fields + "Lambda-Runtime-Function-Error-Type: " + errorType + "\r\n";
    }

    private byte[] head(String method, String path, String fields) {
        return (method + " /2018-06-01/runtime/" + path + " HTTP/1.1\r\nHost: " + address + "\r\n" + fields + "\r\n")
                .getBytes(UTF_8);
    }

    private void send(byte[] head, byte[] body, int size, byte[] following) {
        try {
            if (size < SMALL) {
                byte[] all = Arrays.copyOf(head, head.length + size + following.length);
                System.arraycopy(body, 0, all, head.length, size);
                System.arraycopy(following, 0, all, head.length + size, following.length);
                out.write(all);
            } else {
                out.write(head);
                out.write(body, 0, size);
                out.write(following);
            }
        } catch (IOException e) {
            leave();
        }
    }

    /** Reads a reply: its status and headers into the fields of these names. Returns its body. */
    private byte[] receive() {
        headers = new HashMap<>();
        String line = line();
        status = Integer.parseInt(line.substring(9, 12)); // HTTP/1.1 200 OK
        for (line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
        }
        String length = headers.get("content-length");
        byte[] body = new byte[length == null ? 0 : Integer.parseInt(length)];
        int size = Math.min(body.length, end - start);
        System.arraycopy(buffer, start, body, 0, size);
        start += size;
        while (size < body.length) {
            size += read(body, size);
        }
        return body;
    }

    /** The next line of a reply's head, without its end. */
    private String line() {
        int from = start;
        while (true) {
            for (; from < end; from++) {
                if (buffer[from] == '\n') {
                    String line = new String(buffer, start, from - 1 - start, UTF_8);
                    start = from + 1;
                    return line;
                }
            }
            if (start > 0) { // make room
                System.arraycopy(buffer, start, buffer, 0, end - start);
                from -= start;
                end -= start;
                start = 0;
            }
            if (end == buffer.length) {
                System.err.println("sam: a header of a reply of the Lambda Runtime API at " + address
                        + " is longer than 64 KiB, which is a bug in sam");
                System.exit(1);
            }
            end += read(buffer, end);
        }
    }

    private int read(byte[] into, int offset) {
        int count = -1;
        try {
            count = in.read(into, offset, into.length - offset);
        } catch (IOException e) {
            // closed with a reset: the same as any other end
        }
        if (count < 0) {
            leave();
        }
        return count;
    }

    /** The server is gone: nobody wants this execution environment any more. */
    private static void leave() {
        System.exit(0);
    }
}
