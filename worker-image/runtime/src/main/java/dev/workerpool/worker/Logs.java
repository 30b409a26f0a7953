package dev.workerpool.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.worker.pool.TaskLine;
import dev.workerpool.worker.task.TaskOutput;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line per record on standard error, as text or JSON; stack traces follow their line or are a member of it. */
final class Logs {
    /** Lines; a stack that overflowed has a thousand. */
    private static final int MAX_TRACE = 60;

    /** That a client took no goodbye is no news. Kept here, or its level would be forgotten. */
    private static final Logger GOODBYES = Logger.getLogger("io.netty.handler.ssl.SslHandler");

    private Logs() {}

    static void configure(boolean json) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        Handler console = new Console();
        console.setLevel(Level.ALL);
        console.setFormatter(json ? new Json() : new Text());
        root.addHandler(console);
        root.setLevel(Level.INFO);
        GOODBYES.setLevel(Level.SEVERE);
    }

    private static final class Console extends ConsoleHandler {
        /** What task code logs through the JDK is output of its run like what it prints. */
        @Override
        public void publish(LogRecord entry) {
            String name = entry.getLoggerName();
            if (TaskOutput.isCaptured() && (name == null || !name.startsWith("dev.workerpool."))) {
                if (isLoggable(entry)) {
                    String trace = entry.getThrown() == null ? "" : stackTrace(entry.getThrown());
                    System.err.print(
                            level(entry) + " " + name + " " + getFormatter().formatMessage(entry) + "\n" + trace);
                }
            } else {
                super.publish(entry);
            }
        }
    }

    private static String stackTrace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        List<String> lines = text.toString().lines().toList();
        if (lines.size() <= MAX_TRACE) {
            return text.toString();
        }
        return String.join("\n", lines.subList(0, MAX_TRACE)) + "\n\t… " + (lines.size() - MAX_TRACE) + " more lines\n";
    }

    private static String level(LogRecord entry) {
        int level = entry.getLevel().intValue();
        if (level >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        return level >= Level.WARNING.intValue() ? "WARN" : level >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }

    private static final class Text extends Formatter {
        @Override
        public String format(LogRecord entry) {
            String trace = entry.getThrown() == null ? "" : stackTrace(entry.getThrown());
            return entry.getInstant().truncatedTo(ChronoUnit.MILLIS) + " " + level(entry) + " " + formatMessage(entry)
                    + "\n" + trace;
        }
    }

    private static final class Json extends Formatter {
        private final JsonMapper mapper = new JsonMapper();

        @Override
        public String format(LogRecord entry) {
            var line = new LinkedHashMap<String, String>();
            line.put(
                    "timestamp",
                    entry.getInstant().truncatedTo(ChronoUnit.MILLIS).toString());
            line.put("level", level(entry));
            line.put("logger", entry.getLoggerName());
            if (entry.getParameters() != null
                    && entry.getParameters().length == 1
                    && entry.getParameters()[0] instanceof TaskLine printed) {
                line.put("task", printed.task());
                line.put("run", printed.run());
                line.put("thread", Integer.toString(printed.thread()));
                line.put("message", printed.text());
            } else {
                line.put("message", formatMessage(entry));
            }
            if (entry.getThrown() != null) {
                line.put("stackTrace", stackTrace(entry.getThrown()));
            }
            try {
                return mapper.writeValueAsString(line) + "\n";
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e); // Strings are always JSON.
            }
        }
    }
}
