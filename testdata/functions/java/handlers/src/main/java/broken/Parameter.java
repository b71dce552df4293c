package broken;

import org.apache.logging.log4j.message.SimpleMessage;

/** The type of a parameter is not in the deployment package. */
public class Parameter {
    public String handle(SimpleMessage event) {
        return "never";
    }
}
