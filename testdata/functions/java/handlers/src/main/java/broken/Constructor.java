package broken;

public class Constructor {
    public Constructor() {
        System.out.println("constructing");
        throw new IllegalStateException("no constructor");
    }

    public String handle() {
        return "never";
    }

    public static String staticMethod() {
        return "needs no constructor";
    }
}
