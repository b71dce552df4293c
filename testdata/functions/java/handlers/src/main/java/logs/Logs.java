package logs;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.IOException;
import java.nio.charset.Charset;

/** Handlers that write to the log. */
public class Logs {
    static {
        System.out.println("loading");
    }

    public void printed() {
        System.out.println("to stdout");
        System.err.println("to stderr");
        System.out.print("no newline");
    }

    public void accents() {
        System.out.println("caf\u00e9 \u65e5\u672c");
    }

    public String charset() {
        return Charset.defaultCharset().name();
    }

    public void many(int lines) {
        for (int i = 0; i < lines; i++) {
            System.out.println("line " + i);
        }
    }

    public void child() throws IOException, InterruptedException {
        System.out.println("before");
        new ProcessBuilder("sh", "-c", "echo child").inheritIO().start().waitFor();
        System.out.println("after");
    }

    public void logger(Context context) {
        LambdaLogger logger = context.getLogger();
        logger.log("first ");
        logger.log("second\n");
        logger.log("bytes\n".getBytes());
    }

    public void levels(Context context) {
        for (LogLevel level : LogLevel.values()) {
            context.getLogger().log("at " + level + "\n", level);
        }
    }

    public boolean global(Context context) {
        LambdaRuntime.getLogger().log("by LambdaRuntime\n");
        return LambdaRuntime.getLogger() == context.getLogger();
    }
}
