package dev.workerpool.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedWatchesTest {

    private static final String LIST = "/apis/apps/v1/namespaces/a/deployments?resourceVersion=0";

    private final AtomicLong nanos = new AtomicLong();
    private final RefusedWatches watches = new RefusedWatches(nanos::get);

    @ParameterizedTest
    @ValueSource(
            strings = {
                LIST,
                "/api/v1/pods?labelSelector=a%3Db",
                "/api/v1/namespaces/a/services?watch=true",
                "/apis/workerpool.dev/v1alpha1/workerpools?allowWatchBookmarks=true&watch=true"
            })
    void countsWhatMayNotBeLookedAt(String target) {
        answered(new Answer("GET", target, 403));
        answered(new Answer("GET", target, 403));

        assertThat(watches.count()).isEqualTo(1);
    }

    @Test
    void countsEachKindInEachNamespace() {
        answered(new Answer("GET", LIST, 403));
        answered(new Answer("GET", LIST.replace("/a/", "/b/"), 403));
        answered(new Answer("GET", LIST.replace("deployments", "replicasets"), 403));

        assertThat(watches.count()).isEqualTo(3);
    }

    @Test
    void onesThatWereListedAgainAreNoLonger() {
        answered(new Answer("GET", LIST, 403));
        answered(new Answer("GET", LIST, 503));
        assertThat(watches.count()).isEqualTo(1);

        answered(new Answer("GET", LIST, 200));
        assertThat(watches.count()).isZero();
    }

    /** Fabric8 tells of a watch only when it is refused. */
    @Test
    void onesThatWereNotRefusedAgainAreNoLonger() {
        String watch = LIST + "&watch=true";
        watches.afterFailure(null, new Answer("GET", watch, 403), null);
        answered(new Answer("GET", LIST, 200));
        nanos.addAndGet(RefusedWatches.TRIED_AGAIN.toNanos());
        assertThat(watches.count()).isEqualTo(1);

        watches.afterFailure(null, new Answer("GET", watch, 403), null);
        nanos.addAndGet(RefusedWatches.TRIED_AGAIN.toNanos());
        assertThat(watches.count()).isEqualTo(1);

        nanos.incrementAndGet();
        assertThat(watches.count()).isZero();
    }

    @Test
    void otherRefusalsAreNone() {
        answered(new Answer("GET", "/apis/apps/v1/namespaces/a/deployments/b", 403));
        answered(new Answer("POST", "/api/v1/namespaces/a/events", 403));
        answered(new Answer("GET", LIST, 500));
        answered(new Answer("GET", LIST, 401));

        assertThat(watches.count()).isZero();
    }

    private void answered(Answer answer) {
        watches.after(answer.request(), answer, null);
    }

    private record Answer(String method, String target, int code) implements HttpResponse<Void> {

        @Override
        public HttpRequest request() {
            return new StandardHttpRequest.Builder()
                    .uri("https://10.43.0.1" + target)
                    .method(method, null, null)
                    .build();
        }

        @Override
        public Void body() {
            return null;
        }

        @Override
        public Optional<HttpResponse<?>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public List<String> headers(String key) {
            return List.of();
        }

        @Override
        public Map<String, List<String>> headers() {
            return Map.of();
        }
    }
}
