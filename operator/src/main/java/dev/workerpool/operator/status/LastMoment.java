package dev.workerpool.operator.status;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What a worker left in its container's termination message: a line {@code executing <task type>} for each thread that ran
 * something, a blank one for each that did not, and whatever else was written there. How earlier workers
 * of the container died stands there too, and is read by {@link PastDeath}.
 *
 * @param executing the task types, one for each thread that ran one
 * @param words the rest, or when there is none, what was executing
 */
record LastMoment(List<String> executing, String words) {

    private static final String EXECUTING = "executing ";

    static LastMoment in(String message) {
        List<String> executing = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        for (String line : message.split("\n", -1)) {
            String text = line.strip();
            String type = text.startsWith(EXECUTING)
                    ? text.substring(EXECUTING.length()).strip()
                    : "";
            if (Executing.isType(type)) {
                executing.add(type);
            } else if (!PastDeath.isLine(line)) {
                rest.add(line);
            }
        }
        String words = String.join("\n", rest).strip();
        boolean onlyThreads = words.isEmpty() && !executing.isEmpty();
        return new LastMoment(
                Executing.in(executing), onlyThreads ? EXECUTING + String.join(", ", new TreeSet<>(executing)) : words);
    }
}
