package broken;

import org.apache.logging.log4j.message.SimpleMessage;

/** Its superclass is not in the deployment package. */
public class Dependency extends SimpleMessage {
    private static final long serialVersionUID = 1;

    public String handle() {
        return "never";
    }
}
