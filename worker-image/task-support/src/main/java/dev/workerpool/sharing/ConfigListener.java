package dev.workerpool.sharing;

import java.util.Map;
import java.util.function.Consumer;

/** A task that wants to hear of another config. For one thread. */
public final class ConfigListener {
    private final Consumer<Map<String, String>> listener;
    private Map<String, String> told;
    private boolean telling;

    /** @param known what it need not be told */
    public ConfigListener(Consumer<Map<String, String>> listener, Map<String, String> known) {
        this.listener = listener;
        this.told = known;
    }

    /** Tells the listener, unless it knows or is just being told: it may ask for the config itself. */
    public void look(Map<String, String> now) {
        if (now == told || telling) {
            return;
        }
        boolean changed = !now.equals(told);
        told = now;
        if (changed) {
            telling = true;
            try {
                listener.accept(now);
            } finally {
                telling = false;
            }
        }
    }
}
