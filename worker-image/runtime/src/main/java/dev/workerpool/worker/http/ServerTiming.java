package dev.workerpool.worker.http;

/** The W3C's Server-Timing header, which browsers and curl users can read: milliseconds with three decimals. */
final class ServerTiming {
    private ServerTiming() {}

    static String of(long waitNanos, long runNanos) {
        var text = new StringBuilder(40).append("wait;dur=");
        millis(text, waitNanos);
        text.append(", run;dur=");
        millis(text, runNanos);
        return text.toString();
    }

    static String of(long waitNanos) {
        var text = new StringBuilder(20).append("wait;dur=");
        millis(text, waitNanos);
        return text.toString();
    }

    /** By hand: a formatter would take longer than a small task. */
    private static void millis(StringBuilder text, long nanos) {
        long micros = Math.max(0, nanos) / 1000;
        long fraction = micros % 1000;
        text.append(micros / 1000).append('.');
        text.append(fraction < 100 ? "0" : "").append(fraction < 10 ? "0" : "").append(fraction);
    }
}
