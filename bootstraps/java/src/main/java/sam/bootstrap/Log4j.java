package sam.bootstrap;

import com.amazonaws.services.lambda.runtime.LambdaRuntimeInternal;

/** Log4j, if the function logs by AWS's appender for it, whose layouts name the request as %X{AWSRequestId}. */
final class Log4j {
    private Log4j() {}

    /** Puts the id of the request into the context that Log4j's layouts read. */
    static void setRequestId(String requestId) {
        if (LambdaRuntimeInternal.getUseLog4jAppender()
                && !put("org.apache.logging.log4j.ThreadContext", String.class, requestId)
                && !put("org.apache.log4j.MDC", Object.class, requestId)) {
            System.err.println("The function uses an appender for Log4j but has neither "
                    + "org.apache.logging.log4j.ThreadContext nor org.apache.log4j.MDC; add Log4j to its dependencies "
                    + "to have the request's id in its log.");
        }
    }

    private static boolean put(String contextClass, Class<?> valueClass, String requestId) {
        try {
            Class.forName(contextClass, true, Thread.currentThread().getContextClassLoader())
                    .getMethod("put", String.class, valueClass)
                    .invoke(null, "AWSRequestId", requestId);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
