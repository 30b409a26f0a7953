package dev.workerpool.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What bench.sh says. It has checked what the user may get wrong, but for the names of rows, which are known here. */
record Options(
        Path root,
        List<String> command,
        Path nodePeer,
        Path script,
        Path folder,
        Path results,
        String commit,
        Duration soak,
        boolean quick,
        Set<String> only) {

    static Map<String, String> values(String... arguments) {
        Map<String, String> values = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (!argument.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException("Not of the form --name=value: " + argument);
            }
            values.put(argument.substring(2, equals), argument.substring(equals + 1));
        }
        return values;
    }

    static Options of(String... arguments) {
        Map<String, String> values = values(arguments);
        return new Options(
                Path.of(values.get("root")),
                List.of(values.get("command").split(" ")),
                Path.of(values.get("node-peer")),
                Path.of(values.get("script")),
                Path.of(values.get("folder")),
                Path.of(values.get("results")),
                values.getOrDefault("commit", ""),
                values.containsKey("soak") ? Duration.ofMinutes(Long.parseLong(values.get("soak"))) : null,
                "yes".equals(values.get("quick")),
                names(values.getOrDefault("only", "")));
    }

    static Set<String> names(String list) {
        return list.isEmpty() ? Set.of() : Set.copyOf(Arrays.asList(list.split(",")));
    }
}
