package broken;

public class Initializer {
    static final int VALUE = Integer.parseInt("not a number");

    public String handle() {
        return "never";
    }
}
