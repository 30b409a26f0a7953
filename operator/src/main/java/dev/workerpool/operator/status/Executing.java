package dev.workerpool.operator.status;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What the threads of a worker were executing, by its own word: the names of task types, one for each thread that ran one.
 * What no type can be called, or more than a worker has threads, is left out: tasks can write to where it is read from.
 */
final class Executing {

    private static final Pattern TYPE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private static final int MOST_THREADS = 512;

    private Executing() {}

    static List<String> in(Collection<String> said) {
        return said.stream()
                .filter(Objects::nonNull)
                .filter(Executing::isType)
                .limit(MOST_THREADS)
                .toList();
    }

    static boolean isType(String text) {
        return TYPE.matcher(text).matches();
    }
}
