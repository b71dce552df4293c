package exits;

/** Handlers that do not come back. */
public class Exits {
    public void three() {
        System.out.print("leaving");
        System.exit(3);
    }

    public void zero() {
        System.exit(0);
    }

    public void halt() {
        Runtime.getRuntime().halt(7);
    }

    public void sleep(long milliseconds) throws InterruptedException {
        System.out.println("sleeping");
        Thread.sleep(milliseconds);
    }

    public static class AtInit {
        static {
            System.out.println("initializing");
            System.exit(5);
        }

        public void handle() {}
    }
}
