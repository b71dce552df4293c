package sam.bootstrap;

/** What is wrong with the function before its handler can run, in AWS's words. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Whether it ends the process; other faults are told with each invocation. */
    final boolean fatal;

    private Fault(String message, Throwable cause, boolean fatal) {
        super(message, cause, false, false);
        this.fatal = fatal;
    }

    static Fault of(String message) {
        return new Fault(message, null, false);
    }

    static Fault of(String message, Throwable cause) {
        return new Fault(message, cause, false);
    }

    static Fault fatal(String message, Throwable cause) {
        return new Fault(message, cause, true);
    }
}
