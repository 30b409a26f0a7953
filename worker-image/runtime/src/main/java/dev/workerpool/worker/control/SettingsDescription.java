package dev.workerpool.worker.control;

import dev.workerpool.worker.pool.LiveSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Settings in the form in which a control message has them. */
public final class SettingsDescription {
    private SettingsDescription() {}

    public static Map<String, Object> of(LiveSettings settings) {
        Map<String, Object> described = withoutConfig(settings);
        described.put("config", new TreeMap<>(settings.config()));
        return described;
    }

    /** The config may be long. */
    public static Map<String, Object> withoutConfig(LiveSettings settings) {
        var queue = new LinkedHashMap<String, Object>();
        queue.put("capacity", settings.queueCapacity());
        queue.put("maxWait", Rule.text(settings.maxWait()));
        var tasks = new LinkedHashMap<String, Object>();
        tasks.put("timeout", Rule.text(settings.timeout()));
        tasks.put("maxAllocation", settings.maxAllocation() == 0 ? null : quantity(settings.maxAllocation()));
        var described = new LinkedHashMap<String, Object>();
        described.put("generation", settings.generation());
        described.put("threads", settings.threads());
        described.put("queue", queue);
        described.put("tasks", tasks);
        described.put("drain", Map.of("timeout", Rule.text(settings.drainTimeout())));
        return described;
    }

    private static String quantity(long bytes) {
        String[] units = {"", "Ki", "Mi", "Gi", "Ti"};
        int unit = 0;
        while (unit < units.length - 1 && bytes % 1024 == 0) {
            bytes /= 1024;
            unit++;
        }
        return bytes + units[unit];
    }
}
