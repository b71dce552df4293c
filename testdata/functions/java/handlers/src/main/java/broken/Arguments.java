package broken;

public class Arguments {
    public Arguments(String name) {}

    public String handle() {
        return "never";
    }

    /** Not static. */
    public class Inner {
        public String handle() {
            return "never";
        }
    }
}
