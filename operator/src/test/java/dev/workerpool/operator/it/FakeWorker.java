package dev.workerpool.operator.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/**
 * The management port of a worker, at an address of its own: verifies what it is told with the key in its pod's
 * environment, as a real one does, and reports what it runs.
 */
final class FakeWorker implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String address = Loopback.next();
    private final List<JsonNode> told = new ArrayList<>();
    private final Set<String> usedTokens = new HashSet<>();
    private ManagementPort port;
    private String refusal;
    private List<PublicKey> keys = List.of();
    private String audience;
    private JsonNode settings;

    /** Starts as the container of this pod, with what its environment says. */
    synchronized FakeWorker start(Pod pod) {
        audience = pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName() + "/"
                + pod.getMetadata().getUid();
        keys = variable(pod, "WORKERPOOL_CONTROL_KEY").stream()
                .flatMap(all -> Arrays.stream(all.split(" ")))
                .map(FakeWorker::publicKey)
                .toList();
        settings = JSON.createObjectNode()
                .put(
                        "generation",
                        variable(pod, "WORKERPOOL_GENERATION")
                                .map(Long::parseLong)
                                .orElse(0L))
                .put(
                        "threads",
                        variable(pod, "WORKERPOOL_THREADS")
                                .map(Integer::parseInt)
                                .orElseThrow());
        told.clear();
        return listen();
    }

    private FakeWorker listen() {
        port = new ManagementPort(
                address,
                Map.of(
                        "/status",
                        exchange -> ManagementPort.answer(exchange, 200, status()),
                        "/settings",
                        this::change));
        return this;
    }

    synchronized void hangUp() {
        if (port != null) {
            port.close();
            port = null;
        }
    }

    synchronized FakeWorker listenAgain() {
        return listen();
    }

    /** It knows a list of this version already, of nobody. */
    synchronized void knowsPeers(long version) {
        ((ObjectNode) settings).putObject("peers").put("version", version);
    }

    /** Answers so from now on; null: does what it is told again. */
    synchronized void refuse(String text) {
        refusal = text;
    }

    synchronized List<JsonNode> told() {
        return List.copyOf(told);
    }

    synchronized JsonNode settings() {
        return settings;
    }

    String address() {
        return address;
    }

    /** What a kubelet would say of it, on a node that can resize. */
    RunningPod running(Instant since) {
        return RunningPod.since(since).at(address).resources("{requests: {cpu: 1}}");
    }

    private synchronized String status() {
        return JSON.createObjectNode()
                .put("generation", settings.path("generation").asLong())
                .set("settings", settings)
                .toString();
    }

    private void change(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        synchronized (this) {
            String problem = refusal != null ? refusal : problem(authorization, body);
            if (problem != null) {
                ManagementPort.answer(exchange, 401, "{\"title\":\"Control refused\",\"detail\":\"" + problem + "\"}");
                return;
            }
            JsonNode message = JSON.readTree(body);
            if (message.path("generation").asLong()
                    < settings.path("generation").asLong()) {
                ManagementPort.answer(exchange, 409, settings.toString());
                return;
            }
            settings = withLatestPeers((ObjectNode) message.deepCopy());
            told.add(message);
            ManagementPort.answer(exchange, 200, settings.toString());
        }
    }

    private JsonNode withLatestPeers(ObjectNode message) {
        JsonNode known = settings.path("peers");
        if (message.path("peers").path("version").asLong()
                < known.path("version").asLong()) {
            message.set("peers", known);
        }
        return message;
    }

    private String problem(String authorization, byte[] body) {
        String problem = "no key";
        for (PublicKey key : keys) {
            problem = problem(key, authorization, body);
            if (problem == null) {
                break;
            }
        }
        return problem;
    }

    private String problem(PublicKey key, String authorization, byte[] body) {
        try {
            JwtClaims claims = new JwtConsumerBuilder()
                    .setJwsAlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.EDDSA)
                    .setVerificationKey(key)
                    .setExpectedIssuer("workerpool-operator")
                    .setExpectedAudience(audience)
                    .setRequireExpirationTime()
                    .setRequireIssuedAt()
                    .setMaxFutureValidityInMinutes(1)
                    .build()
                    .processToClaims(authorization.replaceFirst("^Bearer ", ""));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            boolean whole = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(digest)
                    .equals(claims.getStringClaimValue("body"));
            return whole && usedTokens.add(claims.getJwtId()) ? null : "altered or replayed";
        } catch (Exception e) {
            return e.getClass().getSimpleName();
        }
    }

    private static PublicKey publicKey(String encoded) {
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(encoded)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Optional<String> variable(Pod pod, String name) {
        return pod.getSpec().getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .map(EnvVar::getValue)
                .findFirst();
    }

    @Override
    public void close() {
        hangUp();
    }
}
