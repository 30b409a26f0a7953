package dev.workerpool.operator.it;

import java.util.concurrent.atomic.AtomicInteger;

/** Addresses of this machine: the management port is always 9000, so whoever is to listen there needs one of its own. */
final class Loopback {

    private static final int IN_A_BLOCK = 250;
    private static final AtomicInteger GIVEN = new AtomicInteger();

    private Loopback() {}

    /** One that was given to nobody else in this process. */
    static String next() {
        int number = GIVEN.getAndIncrement();
        return "127.9." + number / IN_A_BLOCK + "." + (number % IN_A_BLOCK + 1);
    }
}
