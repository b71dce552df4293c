package sam.bootstrap;

/** The function's handler, whatever its signature. */
interface Handler {
    /** Handles an event, in JSON; whatever it throws is the function's error. */
    void handle(byte[] event, Output result, FunctionContext context) throws Throwable;
}
