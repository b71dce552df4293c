package sam.bootstrap;

import java.io.ByteArrayOutputStream;

/** Bytes in memory, that can be sent without being copied. */
final class Output extends ByteArrayOutputStream {
    Output() {
        super(1024);
    }

    Output(byte[] bytes) {
        super(0);
        buf = bytes;
        count = bytes.length;
    }

    /** The array that holds the bytes, in its first size() elements. */
    byte[] array() {
        return buf;
    }
}
