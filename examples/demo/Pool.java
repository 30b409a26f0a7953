import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls the pool through its one address. A task whose connection died, that was refused with 503, or that was lost with
 * its worker (500 worker-stopped) or with the replica it had been passed to (502) is tried again until the patience is used
 * up; tasks here have no side effects, so running one twice does no harm. Safe for any number of threads.
 */
final class Pool {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    private static final String WORKER_STOPPED = "\"urn:workerpool:problem:worker-stopped\"";

    static {
        // Read once, when the client's classes are loaded.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection");
    }

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI url;
    private final Duration patience;
    private final AtomicLong retries = new AtomicLong();

    Pool(URI url, Duration patience) {
        this.url = url;
        this.patience = patience;
    }

    long retries() {
        return retries.get();
    }

    /** Fails with a clear message unless the pool answers and knows these task types. */
    void require(String... types) throws LostException, InterruptedException {
        Attempt attempt = attempt(request("/tasks").GET().build());
        if (attempt.answer() == null) {
            throw new LostException("no pool answers at " + url + ": " + attempt.failure());
        }
        for (String type : types) {
            if (!attempt.answer().text().contains('"' + type + '"')) {
                throw new LostException("the pool at " + url + " has no task " + type + ", which this demo needs");
            }
        }
    }

    Answer json(String task, String input) throws LostException, InterruptedException {
        return call(task, "application/json", input.getBytes(StandardCharsets.UTF_8));
    }

    /** Posts the input to a task; {@code task} may end with a query. */
    Answer call(String task, String mediaType, byte[] input) throws LostException, InterruptedException {
        HttpRequest request = request("/tasks/" + task)
                .header("Content-Type", mediaType)
                .POST(BodyPublishers.ofByteArray(input))
                .build();
        long givingUp = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            Attempt attempt = attempt(request);
            if (attempt.answer() != null) {
                return attempt.answer();
            }
            long wait = attempt.retryAfterMillis() > 0 ? attempt.retryAfterMillis() : pause;
            if (!attempt.mayRetry() || System.nanoTime() + wait * 1_000_000 > givingUp) {
                throw new LostException(attempt.failure());
            }
            Thread.sleep(wait);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            retries.incrementAndGet();
        }
    }

    /** A Service spreads connections, not requests: a connection each lets a worker that came back take part again. */
    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(path))
                .timeout(REQUEST_TIMEOUT)
                .header("Connection", "close");
    }

    private Attempt attempt(HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            return Attempt.of(response);
        } catch (IOException e) {
            return Attempt.died(e);
        }
    }

    /** One request: an answer, or why there was none and whether to ask again. */
    private record Attempt(Answer answer, String failure, boolean mayRetry, long retryAfterMillis) {

        static Attempt of(HttpResponse<byte[]> response) {
            Answer answer = Answer.of(response);
            int status = response.statusCode();
            if (status == 200) {
                return new Attempt(answer, null, false, 0);
            }
            long retryAfter = response.headers().firstValue("Retry-After").stream()
                    .filter(value -> value.matches("[0-9]{1,4}"))
                    .mapToLong(value -> Long.parseLong(value) * 1_000)
                    .findFirst()
                    .orElse(0);
            String problem = answer.text().strip();
            boolean mayRetry = status == 502 || status == 503 || status == 500 && problem.contains(WORKER_STOPPED);
            return new Attempt(null, "HTTP " + status + " " + problem, mayRetry, retryAfter);
        }

        static Attempt died(IOException e) {
            String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new Attempt(null, what, true, 0);
        }
    }
}
