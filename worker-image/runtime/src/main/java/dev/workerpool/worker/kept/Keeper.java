package dev.workerpool.worker.kept;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The primary as one that keeps connections.
 *
 * @param socket the descriptor of the socket on which it is told which
 * @param table the memory in which this worker writes how far it is with each
 * @param left what the worker before this one left
 */
public record Keeper(int socket, Path table, List<Connection> left) {
    /**
     * A connection whose worker died.
     *
     * @param read bytes that were read from it in its life, -1 when that is not known
     * @param sent bytes that the kernel took to send on it in its life, -1 when that is not known
     */
    public record Connection(int slot, int descriptor, long read, long sent) {
        private static Connection parse(String text) {
            String[] numbers = text.split(":", -1);
            if (numbers.length != 4) {
                throw new IllegalArgumentException(text);
            }
            int slot = Objects.checkIndex(Integer.parseInt(numbers[0]), ConnectionTable.SLOTS);
            return new Connection(
                    slot, Integer.parseInt(numbers[1]), Long.parseLong(numbers[2]), Long.parseLong(numbers[3]));
        }
    }

    /** @return null when it is no list as the primary writes it */
    public static List<Connection> parse(String text) {
        try {
            return Arrays.stream(text.split(" "))
                    .filter(one -> !one.isEmpty())
                    .map(Connection::parse)
                    .toList();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return null;
        }
    }
}
