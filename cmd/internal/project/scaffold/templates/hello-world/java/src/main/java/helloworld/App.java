package helloworld;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers requests of API Gateway. */
public class App {
    /**
     * @param event the request, as API Gateway describes it:
     *     https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
     */
    public Map<String, Object> handleRequest(Map<String, Object> event) {
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("statusCode", 200);
        response.put("headers", Collections.singletonMap("Content-Type", "application/json"));
        response.put("body", "{\"message\": \"hello world\"}");
        return response;
    }
}
