package errors;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Handlers that fail. */
public class Errors implements RequestHandler<Map<String, Object>, Object> {
    private static final List<byte[]> HOARD = new ArrayList<>();
    private int calls;

    public static class OutOfInk extends Exception {
        private static final long serialVersionUID = 1;

        public OutOfInk(String message, Throwable cause) {
            super(message, cause);
        }
    }

    @Override
    public Object handleRequest(Map<String, Object> event, Context context) {
        throw new IllegalStateException("boom");
    }

    public Object boom(Object event) {
        throw new IllegalStateException("boom");
    }

    public Object checked(Object event) throws OutOfInk {
        try {
            return boom(event);
        } catch (IllegalStateException e) {
            throw new OutOfInk("no \"ink\"\nleft", e);
        }
    }

    public Object silent(Object event) {
        throw new UnsupportedOperationException();
    }

    public Object accents(Object event) {
        throw new IllegalStateException("caf\u00e9 \ud83d\ude00");
    }

    public Object circle(Object event) {
        IllegalStateException first = new IllegalStateException("first");
        first.initCause(new IOException("second", first));
        throw first;
    }

    public Object deep(Object event) {
        return deep(deep(event));
    }

    public Object heap(Object event) {
        return new long[Integer.MAX_VALUE - 8];
    }

    public Object hoard(Object event) {
        while (true) {
            HOARD.add(new byte[1 << 10]);
        }
    }

    public Object everySecond(Object event) {
        if (++calls % 2 == 1) {
            throw new IllegalStateException("odd");
        }
        return calls;
    }

    public Object interrupted(Object event) throws InterruptedException {
        Thread.currentThread().interrupt();
        return ++calls;
    }

    public Object thread(Object event) throws InterruptedException {
        Thread thread = new Thread(() -> boom(event), "worker");
        thread.start();
        thread.join();
        return "survived";
    }

    public static class Cycle {
        public Cycle getSelf() {
            return this;
        }
    }

    public Cycle unserializable(Object event) {
        return new Cycle();
    }

    public static class Moody {
        public String getMood() {
            throw new IllegalStateException("bad mood");
        }
    }

    public Moody failingGetter(Object event) {
        return new Moody();
    }

    public List<Object> endless(Object event) {
        List<Object> list = new ArrayList<>();
        list.add(list);
        return list;
    }
}
