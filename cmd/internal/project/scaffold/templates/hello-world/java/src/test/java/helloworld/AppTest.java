package helloworld;

import static org.junit.Assert.assertEquals;

import java.util.Collections;
import java.util.Map;
import org.junit.Test;

public class AppTest {
    @Test
    public void saysHello() {
        Map<String, Object> response = new App().handleRequest(Collections.emptyMap());

        assertEquals(200, response.get("statusCode"));
        assertEquals("{\"message\": \"hello world\"}", response.get("body"));
    }
}
