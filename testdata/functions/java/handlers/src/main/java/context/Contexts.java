package context;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.io.File;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Handlers that look around. */
public class Contexts {
    public List<Object> function(Context context) {
        return Arrays.asList(context.getFunctionName(), context.getFunctionVersion(), context.getMemoryLimitInMB(),
                context.getLogGroupName());
    }

    public List<Object> invocation(Context context) {
        return Arrays.asList(context.getAwsRequestId(), context.getInvokedFunctionArn(), context.getIdentity(),
                context.getClientContext());
    }

    public boolean remaining(int atMost, Context context) {
        return context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= atMost;
    }

    public String trace() {
        return System.getProperty("com.amazonaws.xray.traceHeader");
    }

    public String variable(String name) {
        return System.getenv(name);
    }

    public String property(String name) {
        return System.getProperty(name);
    }

    public boolean directory() {
        String root = System.getenv("LAMBDA_TASK_ROOT");
        return root.equals(System.getProperty("user.dir")) && root.equals(new File("").getAbsolutePath());
    }

    public boolean contextLoader() {
        return Thread.currentThread().getContextClassLoader() == Contexts.class.getClassLoader();
    }

    /** Which of these classes of the bootstrap can be seen. */
    public List<String> visible() {
        List<String> visible = new ArrayList<>();
        for (String name : new String[] {"sam.bootstrap.Main",
            "com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.databind.ObjectMapper",
            "com.amazonaws.services.lambda.runtime.serialization.PojoSerializer", LambdaLogger.class.getName()}) {
            try {
                visible.add(Class.forName(name).getSimpleName());
            } catch (ClassNotFoundException e) {
                // out of sight
            }
        }
        return visible;
    }

    public boolean resource() {
        return getClass().getResource("/context/resource.txt") != null;
    }

    public String negativeTtl() {
        return Security.getProperty("networkaddress.cache.negative.ttl");
    }

    public String locale() {
        return Locale.getDefault().toString();
    }

    public long maximumMegabytes() {
        return Runtime.getRuntime().maxMemory() >> 20;
    }
}
