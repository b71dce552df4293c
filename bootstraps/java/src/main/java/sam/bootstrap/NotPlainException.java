package sam.bootstrap;

/** Something that is AWS's serializer's to decide. */
final class NotPlainException extends Exception {
    private static final long serialVersionUID = 1;

    NotPlainException() {
        super(null, null, false, false);
    }
}
