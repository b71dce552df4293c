package sam.bootstrap;

import java.io.IOException;

/** Turns JSON into objects of one type, and back. */
interface Serializer {
    Object read(byte[] json) throws IOException;

    void write(Object value, Output json) throws IOException;
}
