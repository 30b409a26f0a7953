package dev.workerpool.worker.access;

import java.nio.ByteBuffer;

/** As much of the distinguished encoding rules (ITU-T X.690) as private keys take. */
final class Der {
    static final byte INTEGER = 0x02;
    static final byte OCTETS = 0x04;
    static final byte NULL = 0x05;
    static final byte IDENTIFIER = 0x06;
    static final byte SEQUENCE = 0x30;

    /** [0], explicit. */
    static final byte CONTEXT_0 = (byte) 0xa0;

    private static final int LONG_FORM = 0x80;

    private Der() {}

    static byte[] of(byte tag, byte[] content) {
        int size = content.length;
        ByteBuffer value = ByteBuffer.allocate(size + 6).put(tag);
        if (size < LONG_FORM) {
            value.put((byte) size);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(size) + 7) / 8;
            value.put((byte) (LONG_FORM | bytes));
            for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
                value.put((byte) (size >> shift));
            }
        }
        value.put(content).flip();
        return rest(value);
    }

    static byte[] join(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }

    /**
     * Looks for an element of a sequence.
     *
     * @return its content; null when there is none
     * @throws IllegalArgumentException when it is no sequence
     */
    static byte[] find(byte[] sequence, byte tag) {
        ByteBuffer elements = content(ByteBuffer.wrap(sequence), SEQUENCE);
        while (elements.hasRemaining()) {
            byte next = elements.get(elements.position());
            ByteBuffer content = content(elements, next);
            if (next == tag) {
                return rest(content);
            }
        }
        return null;
    }

    /** Reads one value. */
    private static ByteBuffer content(ByteBuffer in, byte tag) {
        if (in.remaining() < 2 || in.get() != tag) {
            throw new IllegalArgumentException("Not the value expected");
        }
        int size = in.get() & 0xff;
        if (size >= LONG_FORM) {
            int bytes = size - LONG_FORM;
            if (bytes == 0 || bytes > 3 || in.remaining() < bytes) {
                throw new IllegalArgumentException("Not a length");
            }
            size = 0;
            for (; bytes > 0; bytes--) {
                size = size << 8 | in.get() & 0xff;
            }
        }
        if (in.remaining() < size) {
            throw new IllegalArgumentException("The value ends too soon");
        }
        ByteBuffer content = in.slice(in.position(), size);
        in.position(in.position() + size);
        return content;
    }

    private static byte[] rest(ByteBuffer of) {
        byte[] bytes = new byte[of.remaining()];
        of.get(bytes);
        return bytes;
    }
}
