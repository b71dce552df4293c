package sam.bootstrap;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Loads the function's classes: from its directory, from the jars in its lib/, and from those of its layers.
 *
 * <p>Of the bootstrap's classes it shows only AWS's interfaces (aws-lambda-java-core). These win over a copy that the
 * function brings, as on AWS, so that both sides mean the same Context. A newer copy can add to them.
 */
final class FunctionLoader extends URLClassLoader {
    private static final String API = "com.amazonaws.services.lambda.runtime.";
    private static final String LOGGING = API + "logging.";
    private static final String LOGGER_OWNER = API + "LambdaRuntime";
    private static final ClassLoader OWN = FunctionLoader.class.getClassLoader();

    private final FunctionLogger logger;

    static {
        registerAsParallelCapable();
    }

    /** Takes a directory (or jar) of code, the directory of the layers' jars or null, and LambdaRuntime's logger. */
    FunctionLoader(File code, File layers, FunctionLogger logger) throws MalformedURLException {
        super(urls(code, layers), OWN.getParent());
        this.logger = logger;
    }

    private static URL[] urls(File code, File layers) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        urls.add(code.toURI().toURL());
        addJars(new File(code, "lib"), urls);
        addJars(layers, urls);
        return urls.toArray(new URL[0]);
    }

    private static void addJars(File directory, List<URL> urls) throws MalformedURLException {
        File[] files = directory == null ? null : directory.listFiles();
        if (files == null) {
            return;
        }
        Arrays.sort(files);
        for (File file : files) {
            if (file.getName().endsWith(".jar")) {
                urls.add(file.toURI().toURL());
            }
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (isApi(name)) {
            if (name.equals(LOGGER_OWNER)) {
                logger.register(); // only now, because few functions need it and reflection takes a newer JVM 4 ms
            }
            try {
                return OWN.loadClass(name);
            } catch (ClassNotFoundException e) {
                // one that a newer aws-lambda-java-core has
            }
        }
        return super.loadClass(name, resolve);
    }

    /** Packages below, such as those of aws-lambda-java-events, are the function's own affair. */
    private static boolean isApi(String name) {
        return name.startsWith(LOGGING) || name.startsWith(API) && name.indexOf('.', API.length()) < 0;
    }
}
