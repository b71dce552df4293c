package sam.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.Locale;
import java.util.TimeZone;

/** The logger of the context, and of LambdaRuntime.getLogger(). */
final class FunctionLogger implements LambdaLogger {
    private final OutputStream out;
    private final boolean json = "JSON".equalsIgnoreCase(System.getenv("AWS_LAMBDA_LOG_FORMAT"));
    private final LogLevel least = configuredLevel();
    private volatile Invocation invocation; // that runs, or ran last; null during init

    FunctionLogger(OutputStream out) {
        this.out = out;
    }

    private static LogLevel configuredLevel() {
        String name = System.getenv("AWS_LAMBDA_LOG_LEVEL");
        try {
            return name == null ? LogLevel.UNDEFINED : LogLevel.fromString(name);
        } catch (IllegalArgumentException e) {
            return LogLevel.UNDEFINED; // there is no such level: everything is logged
        }
    }

    /** Makes it the logger that LambdaRuntime hands out. */
    void register() {
        try {
            Field field = LambdaRuntime.class.getDeclaredField("logger");
            field.setAccessible(true); // AWS's runtime sets it in the same way
            field.set(null, this);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e); // it is the aws-lambda-java-core in our own jar
        }
    }

    void begin(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public void log(String message) {
        log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(byte[] message) {
        log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(String message, LogLevel level) {
        if (!enabled(level)) {
            return;
        }
        if (json) {
            write(jsonLine(message, level));
        } else {
            write(level == LogLevel.UNDEFINED ? message : "[" + level + "] " + message);
        }
    }

    @Override
    public void log(byte[] message, LogLevel level) { // has been formatted already, by an appender for example
        if (enabled(level)) {
            write(message);
        }
    }

    /** Logs an error, whatever the level: it is the platform's word. */
    void report(String text) {
        write(json ? jsonLine(text, LogLevel.ERROR) : text);
    }

    private boolean enabled(LogLevel level) {
        return level == LogLevel.UNDEFINED || level.compareTo(least) >= 0;
    }

    /** A line of the log in AWS's JSON: members in this order, and none without a value. */
    private String jsonLine(String message, LogLevel level) {
        SimpleDateFormat time = new SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT);
        time.setTimeZone(TimeZone.getTimeZone("UTC"));
        StringBuilder line = new StringBuilder("{\"timestamp\":\"").append(time.format(new Date()));
        JsonWriter.quote(String.valueOf(message), line.append("\",\"message\":"));
        line.append(",\"level\":\"").append(level).append('"');
        Invocation current = invocation;
        if (current != null) {
            JsonWriter.quote(current.requestId(), line.append(",\"AWSRequestId\":"));
            if (current.tenantId() != null) {
                JsonWriter.quote(current.tenantId(), line.append(",\"tenantId\":"));
            }
        }
        return line.append("}\n").toString();
    }

    private void write(String message) {
        write(String.valueOf(message).getBytes(UTF_8));
    }

    private synchronized void write(byte[] message) {
        try {
            out.write(message);
            if (Era.NATIVE && (message.length == 0 || message[message.length - 1] != '\n')) {
                out.write('\n'); // each call was an event of the log; later the text is written as it is
            }
        } catch (IOException e) {
            // the log is gone, and with it whoever would read of this
        }
    }
}
