package log4j;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Logs by AWS's appender for Log4j 2. */
public class App {
    private static final Logger LOGGER = LogManager.getLogger(App.class);

    public void handle() {
        LOGGER.info("by Log4j");
    }
}
