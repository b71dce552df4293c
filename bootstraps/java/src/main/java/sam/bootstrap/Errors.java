package sam.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Errors as the caller and the log get to see them. */
final class Errors {
    private static final String OWN_PACKAGE = "sam.bootstrap.";

    private Errors() {}

    /** The error's class as the platform counts them. */
    static String rapidType(Throwable error) {
        return error instanceof Fault ? "Runtime.BadFunctionCode" : "Runtime.UserException";
    }

    /** The error for the caller. */
    static Output json(Throwable error) {
        StringBuilder json = new StringBuilder();
        if (error instanceof Fault) {
            json.append("{\"errorMessage\":");
            JsonWriter.quote(error.getMessage(), json);
            if (error.getCause() != null) {
                JsonWriter.quote(error.getCause().getClass().getName(), json.append(",\"errorType\":"));
            }
            json.append('}');
        } else {
            hideOwnFrames(error);
            describe(error, json, identitySet());
        }
        return new Output(json.toString().getBytes(UTF_8));
    }

    private static void describe(Throwable error, StringBuilder json, Set<Throwable> seen) {
        seen.add(error);
        JsonWriter.quote(message(error), json.append("{\"errorMessage\":"));
        JsonWriter.quote(error.getClass().getName(), json.append(",\"errorType\":"));
        json.append(",\"stackTrace\":[");
        String separator = "";
        for (StackTraceElement frame : error.getStackTrace()) {
            JsonWriter.quote(frame.toString(), json.append(separator));
            separator = ",";
        }
        json.append(']');
        // Before it spoke the Runtime API, AWS's runtime told the caller about causes, too.
        if (Era.NATIVE && error.getCause() != null && !seen.contains(error.getCause())) {
            describe(error.getCause(), json.append(",\"cause\":"), seen);
        }
        json.append('}');
    }

    /** The error for the log. */
    static String text(Throwable error) {
        Throwable thrown = error instanceof Fault ? error.getCause() : error;
        if (thrown == null) {
            return error.getMessage() + "\n";
        }
        hideOwnFrames(thrown);
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return message(error) + ": " + thrown.getClass().getName() + "\n" + trace + "\n";
    }

    static String message(Throwable error) {
        String message = error.getLocalizedMessage();
        return message == null ? error.getClass().getName() : message;
    }

    /** Cuts stack traces off where the function was called by the bootstrap. */
    private static void hideOwnFrames(Throwable error) {
        hideOwnFrames(error, identitySet());
    }

    private static void hideOwnFrames(Throwable error, Set<Throwable> seen) {
        if (error == null || !seen.add(error)) {
            return;
        }
        StackTraceElement[] frames = error.getStackTrace();
        for (int i = 0; i < frames.length; i++) {
            if (frames[i].getClassName().startsWith(OWN_PACKAGE)) {
                StackTraceElement[] rest = new StackTraceElement[i];
                System.arraycopy(frames, 0, rest, 0, i);
                error.setStackTrace(rest);
                break;
            }
        }
        hideOwnFrames(error.getCause(), seen);
        for (Throwable suppressed : error.getSuppressed()) {
            hideOwnFrames(suppressed, seen);
        }
    }

    /** For a walk through causes, which may go round in circles. */
    private static Set<Throwable> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>());
    }
}
