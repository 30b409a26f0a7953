package dev.workerpool.worker.trace;

import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.RunTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Sends runs to an OpenTelemetry collector, when the caller's context says that its trace is sampled: a span for the call, and
 * within it one for the time in the queue and one for the run. Spans are gathered and sent in the background; when the collector
 * does not follow they are dropped, not the runs held up.
 */
public final class OtlpTracer implements RunTracer, AutoCloseable {
    private static final Duration DELAY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int QUEUED_SPANS = 8192;

    private static final AttributeKey<String> TASK = AttributeKey.stringKey("workerpool.task");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("workerpool.outcome");
    private static final AttributeKey<Long> THREAD = AttributeKey.longKey("workerpool.thread");

    private static final TextMapGetter<Map<String, String>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public String get(Map<String, String> headers, String name) {
            return headers.get(name);
        }
    };

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private OtlpTracer(SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider.get("dev.workerpool.worker");
    }

    public static OtlpTracer open(TraceSettings settings) {
        var exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.endpoint().toString())
                .setTimeout(PATIENCE);
        settings.headers().forEach(exporter::addHeader);
        var resource = Resource.getDefault().toBuilder()
                .put("service.name", settings.service())
                .put("service.instance.id", settings.replica())
                .build();
        return new OtlpTracer(SdkTracerProvider.builder()
                .setResource(resource)
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
                        .setScheduleDelay(DELAY)
                        .setExporterTimeout(PATIENCE)
                        .setMaxQueueSize(QUEUED_SPANS)
                        .build())
                .build());
    }

    @Override
    public RunTrace trace(String context, String state) {
        if (context == null) {
            return null;
        }
        var headers = new HashMap<String, String>();
        headers.put("traceparent", context);
        headers.put("tracestate", state);
        Context caller = W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HEADERS);
        return Span.fromContext(caller).getSpanContext().isSampled()
                ? (run, outcome) -> completed(caller, run, outcome)
                : null;
    }

    private void completed(Context caller, Run run, String outcome) {
        Instant end = Instant.now();
        Instant start = end.minusNanos(run.runNanos());
        Instant admitted = start.minusNanos(run.waitNanos());
        Span call = tracer.spanBuilder("task " + run.task().type())
                .setParent(caller)
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(admitted)
                .setAttribute(TASK, run.task().type())
                .setAttribute(OUTCOME, outcome)
                .startSpan();
        if (!outcome.equals("succeeded")) {
            call.setStatus(StatusCode.ERROR, outcome);
        }
        Context within = caller.with(call);
        part(within, "queue", admitted).end(start);
        if (run.threadNumber() > 0) {
            part(within, "run", start)
                    .setAttribute(THREAD, (long) run.threadNumber())
                    .end(end);
        }
        call.end(end);
    }

    private Span part(Context call, String name, Instant start) {
        return tracer.spanBuilder(name).setParent(call).setStartTimestamp(start).startSpan();
    }

    /** Sends what is left, as far as the collector takes it in time. */
    @Override
    public void close() {
        CompletableResultCode sent = provider.shutdown();
        sent.join(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
