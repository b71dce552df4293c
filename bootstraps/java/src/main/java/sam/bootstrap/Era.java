package sam.bootstrap;

/** Which runtime is asked for. */
final class Era {
    /**
     * Until 2018 there was only java8, and AWS's bootstrap for it did not speak the Runtime API but had manners of its
     * own; java8.al2 and all later ones behave alike.
     */
    static final boolean NATIVE = "AWS_Lambda_java8".equals(System.getenv("AWS_EXECUTION_ENV"));

    private Era() {}
}
