package dev.workerpool.operator.runtime;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operator may not list or watch, seen by what the API server answers. A watch that is refused is tried again for
 * ever and heals by itself; but until then what changes there is not seen, and nobody else would say so.
 */
final class RefusedWatches implements Interceptor {

    static final String METRIC = "workerpool_operator_refused_watches";

    private static final Logger LOG = LoggerFactory.getLogger(RefusedWatches.class);

    /** For want of a right. Who is not known (401) for a moment is asked who it is once more. */
    private static final int FORBIDDEN = 403;

    /**
     * Of a watch that is let in nothing is told here. One that is refused is tried again after half a minute at most, so what
     * was not refused for longer is let in.
     */
    static final Duration TRIED_AGAIN = Duration.ofMinutes(2);

    /** {@code /api/v1/pods}, {@code /apis/apps/v1/namespaces/images/deployments}: a collection, and not one object of it. */
    private static final Pattern COLLECTION =
            Pattern.compile("/(?:api|apis/[^/]+)/[^/]+/(?:namespaces/(?<namespace>[^/]+)/)?(?<kind>[^/]+)");

    private record Look(String verb, String kind, String where) {

        static Optional<Look> of(HttpRequest request) {
            URI uri = request.uri();
            Matcher path = COLLECTION.matcher(uri.getPath());
            if (!request.method().equals("GET") || !path.matches()) {
                return Optional.empty();
            }
            String query = Optional.ofNullable(uri.getQuery()).orElse("");
            String namespace = path.group("namespace");
            return Optional.of(new Look(
                    query.contains("watch=true") ? "watch" : "list",
                    path.group("kind"),
                    namespace == null ? "all namespaces" : "namespace " + namespace));
        }
    }

    private final LongSupplier nanoTime;
    private final Map<Look, Long> refusedAt = new ConcurrentHashMap<>();

    RefusedWatches(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How many kinds in how many namespaces it may not look at now. */
    int count() {
        forgetExpired();
        return refusedAt.size();
    }

    private void forgetExpired() {
        long now = nanoTime.getAsLong();
        refusedAt.forEach((look, at) -> {
            if (now - at > TRIED_AGAIN.toNanos()) {
                mayAgain(look);
            }
        });
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        note(response);
    }

    /** Of what is not a plain request, only failures are told. */
    @Override
    public CompletableFuture<Boolean> afterFailure(BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
        note(response);
        return CompletableFuture.completedFuture(false);
    }

    private void note(HttpResponse<?> response) {
        Look.of(response.request()).ifPresent(look -> {
            if (response.code() == FORBIDDEN) {
                refused(look);
            } else if (response.isSuccessful()) {
                mayAgain(look);
            }
        });
    }

    private void refused(Look look) {
        forgetExpired(); // And so is told anew.
        if (refusedAt.put(look, nanoTime.getAsLong()) == null) {
            LOG.warn(
                    "The API server does not let the operator {} {} in {}: what changes there is not seen until it may",
                    look.verb(),
                    look.kind(),
                    look.where());
        }
    }

    private void mayAgain(Look look) {
        if (refusedAt.remove(look) != null) {
            LOG.info("The operator may {} {} in {} again", look.verb(), look.kind(), look.where());
        }
    }
}
