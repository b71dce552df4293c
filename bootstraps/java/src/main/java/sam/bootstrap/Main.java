package sam.bootstrap;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOError;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UnsupportedEncodingException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs a Java function against the Lambda Runtime API:
 *
 * <pre>java -cp bootstrap.jar sam.bootstrap.Main OPT-DIR SDK-DIR</pre>
 *
 * The JVM may be a stand-in for the requested runtime: what users see follows the runtime's id, never java.version.
 * Nothing here is a lambda expression, because the first one takes a JVM 5 to 50 ms.
 */
public final class Main {
    // AWS's tracing SDK looks for the trace of the invocation here.
    private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";

    // Given up when memory is exhausted, so that there is enough of it to say so.
    private static byte[] reserve = new byte[1 << 17];

    private Main() {}

    public static void main(String[] arguments) throws IOException {
        File layers = arguments[0].isEmpty() ? null : new File(arguments[0], "java/lib");
        run(System.getenv("AWS_LAMBDA_RUNTIME_API"), System.getenv("_HANDLER"), new File(""), layers);
    }

    /** Serves invocations until the process ends. */
    static void run(String address, String handlerName, File code, File layers) throws IOException {
        // What is between sam and this class stays between them; frameworks read the main class from this property.
        System.setProperty("sun.java.command", Main.class.getName() + " " + handlerName);
        FutureTask<RuntimeApi> connection = connect(address);
        FunctionLogger logger = new FunctionLogger(openLog());
        FunctionLoader loader = new FunctionLoader(code.getAbsoluteFile(), layers, logger);
        Thread.currentThread().setContextClassLoader(loader);
        Handler handler;
        Fault failure = null;
        try {
            handler = Handlers.load(handlerName, loader);
        } catch (Fault fault) {
            handler = new FailingHandler(fault);
            failure = fault.fatal ? fault : null;
        }
        RuntimeApi api = await(connection, address);
        if (failure != null) {
            logger.report(Errors.text(failure));
            api.post("init/error", Errors.json(failure), Errors.rapidType(failure));
            System.exit(1);
        }
        api.ask();
        while (true) {
            serve(api, handler, logger);
        }
    }

    private static void serve(RuntimeApi api, Handler handler, FunctionLogger logger) throws IOException {
        Invocation invocation = api.next();
        logger.begin(invocation);
        setTrace(invocation.traceId());
        Output result = new Output();
        try {
            FunctionContext context = new FunctionContext(invocation, logger);
            Log4j.setRequestId(invocation.requestId());
            handler.handle(invocation.event, result, context);
        } catch (Throwable error) {
            fail(api, invocation, error, logger);
            return;
        }
        Thread.interrupted(); // a handler that interrupted its own thread shall not fail the next one
        api.answer("invocation/" + invocation.requestId() + "/response", result, null);
    }

    /** Tells the log and the caller about an error. One of the JVM itself ends the process, as on AWS. */
    private static void fail(RuntimeApi api, Invocation invocation, Throwable error, FunctionLogger logger)
            throws IOException {
        boolean fatal = error instanceof VirtualMachineError || error instanceof IOError
                || error instanceof Fault && ((Fault) error).fatal;
        if (fatal) {
            reserve = null;
        }
        Thread.interrupted();
        logger.report(Errors.text(error));
        String path = "invocation/" + invocation.requestId() + "/error";
        if (fatal) {
            api.post(path, Errors.json(error), Errors.rapidType(error));
            System.exit(1);
        }
        api.answer(path, Errors.json(error), Errors.rapidType(error));
    }

    private static void setTrace(String traceId) {
        if (traceId == null) {
            System.clearProperty(TRACE_PROPERTY);
        } else {
            System.setProperty(TRACE_PROPERTY, traceId);
        }
    }

    /** Has System.out and System.err write UTF-8 and hold nothing back: a process that is killed loses nothing. */
    private static FileOutputStream openLog() {
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        try {
            System.setOut(new PrintStream(out, false, "UTF-8"));
            System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), false, "UTF-8"));
        } catch (UnsupportedEncodingException e) {
            throw new AssertionError(e); // every JVM knows UTF-8
        }
        return out;
    }

    /** Connects while the function is loaded: the JVM takes about as long for the one as for the other. */
    private static FutureTask<RuntimeApi> connect(final String address) {
        FutureTask<RuntimeApi> connection = new FutureTask<>(new Callable<RuntimeApi>() {
            @Override
            public RuntimeApi call() throws IOException {
                return new RuntimeApi(address);
            }
        });
        new Thread(connection, "Runtime API").start();
        return connection;
    }

    private static RuntimeApi await(FutureTask<RuntimeApi> connection, String address) {
        Thread.interrupted(); // initializers of the function may have interrupted the thread
        try {
            return connection.get();
        } catch (InterruptedException | ExecutionException e) {
            System.err.println("sam: cannot reach the Lambda Runtime API: " + e + " (AWS_LAMBDA_RUNTIME_API=" + address
                    + "; leave that variable to sam)");
            System.exit(1);
            return null;
        }
    }

    /** Stands for a handler that is not there: AWS tells that with each invocation. */
    private static final class FailingHandler implements Handler {
        private final Fault fault;

        FailingHandler(Fault fault) {
            this.fault = fault;
        }

        @Override
        public void handle(byte[] event, Output result, FunctionContext context) {
            throw fault;
        }
    }
}
