package dev.workerpool.operator.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.workerpool.operator.report.ReplicaPort;
import dev.workerpool.operator.status.SettingsInForce;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/** Puts settings to a replica. Blocks, for three seconds at most; never reads more than {@value #MAX_BYTES} bytes. */
final class SettingsClient implements AutoCloseable {

    /** A worker that uses all of its CPU takes its time for the first message. */
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private static final int MAX_BYTES = 1 << 18;
    private static final int MAX_TEXT = 512;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The replica understood, and does not do it. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1;

        private RefusedException(String text) {
            super(text);
        }
    }

    /**
     * What the replica answered.
     *
     * @param applied whether it took the message over; if not, it runs newer settings
     * @param inForce without the threads that are missing, of which only its status tells
     * @param peers the version of the list of peers that it knows; 0 when it knows or says none
     */
    record Answer(boolean applied, SettingsInForce inForce, long peers) {}

    private final ReplicaPort port;

    SettingsClient(ExecutorService executor, int port) {
        this.port = new ReplicaPort(executor, port);
    }

    /**
     * @return what the replica runs now; if somebody told it newer settings, those
     * @throws IOException when there is no answer, or one that no replica gives
     */
    Answer put(String address, String token, byte[] body) throws IOException, InterruptedException, RefusedException {
        HttpRequest request = port.request(address, "/settings")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> response = port.answer(request, ANSWER, MAX_BYTES);
        JsonNode answer = JSON.readTree(response.body());
        int status = response.statusCode();
        if ((status == HttpURLConnection.HTTP_OK || status == HttpURLConnection.HTTP_CONFLICT)
                && answer.path("generation").isIntegralNumber()) {
            var inForce = new SettingsInForce(
                    answer.path("generation").asLong(), answer.path("threads").asInt(0));
            return new Answer(
                    status == HttpURLConnection.HTTP_OK,
                    inForce,
                    answer.path("peers").path("version").asLong(0));
        }
        if (status >= 400 && status < 500) {
            throw new RefusedException(text(status, answer));
        }
        throw new IOException(address + " answered " + status);
    }

    private static String text(int status, JsonNode problem) {
        String text = problem.path("detail").asText(problem.path("title").asText(""));
        return status + (text.isEmpty() ? "" : " " + text.substring(0, Math.min(text.length(), MAX_TEXT)));
    }

    @Override
    public void close() {
        port.close();
    }
}
