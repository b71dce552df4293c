package broken;

public class Hidden {
    String handle() {
        return "not public";
    }
}
