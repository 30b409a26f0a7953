package dev.workerpool.worker.io;

import java.util.OptionalInt;

/**
 * Where to listen.
 *
 * @param number 0 for one that the system chooses
 * @param descriptor of a socket that listens there already, and that goes on listening when this process dies
 */
public record Port(int number, OptionalInt descriptor) {
    public static Port of(int number) {
        return new Port(number, OptionalInt.empty());
    }
}
