package dev.workerpool.worker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.worker.control.ControlRefusedException.Reason;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.PoolSettings;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.pool.TerminationLog;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlChannelTest {
    private static final String POD = "shop/thumbnails-abc/0a1b";
    private static final String BODY = "{\"generation\":7,\"threads\":2}";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final LiveSettings INITIAL = new LiveSettings(
            5,
            1,
            256,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            0,
            Duration.ofSeconds(60),
            Map.of("quality", "80"));

    private final OperatorKey operator = new OperatorKey();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final TaskPool pool = new TaskPool(
            new PoolSettings("replica-1", Duration.ofSeconds(1), Duration.ofSeconds(1), INITIAL),
            TaskCatalog.load(List.of(), Isolation.SHARED),
            registry,
            TerminationLog.OFF,
            lost -> {});
    private Instant now = START;
    private int answer;
    private final ControlChannel channel = channel(operator.encoded());

    private ControlChannel channel(String keys) {
        var settings = new ControlSettings(keys == null ? List.of() : ControlSettings.KEYS.read(keys), POD);
        return new ControlChannel(
                settings,
                pool,
                Map.of("answer", this::answer),
                keys == null ? new PrometheusRegistry() : registry,
                () -> now);
    }

    /** A section of somebody else's. */
    private Runnable answer(JsonNode value, BiConsumer<String, String> complaint) {
        if (value.asInt() != 42) {
            complaint.accept("", "must be 42");
        }
        return () -> answer = value.asInt();
    }

    @AfterEach
    void close() {
        pool.close();
        pool.interrupt();
    }

    private LiveSettings send(String token, String body) throws Exception {
        return channel.change(token, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
    }

    private LiveSettings send(String body) throws Exception {
        return send(operator.sign(POD, body, now), body);
    }

    private void assertRefused(Reason reason, String token, String body) {
        double before = counted(reason);
        var refused = catchThrowableOfType(ControlRefusedException.class, () -> send(token, body));

        assertThat(refused).as("the refusal").isNotNull();
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(counted(reason)).isEqualTo(before + 1);
        assertThat(pool.live()).isEqualTo(INITIAL);
    }

    private double counted(Reason reason) {
        return registry.scrape(name -> name.equals("workerpool_control_refused")).stream()
                .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
                .filter(point -> point.getLabels().get("reason").equals(reason.label()))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    @Test
    void putsWhatItIsToldInForceAndKeepsTheRest() throws Exception {
        LiveSettings inForce = send(BODY);

        assertThat(inForce).isEqualTo(pool.live());
        assertThat(inForce.generation()).isEqualTo(7);
        assertThat(inForce.threads()).isEqualTo(2);
        assertThat(inForce)
                .usingRecursiveComparison()
                .ignoringFields("generation", "threads")
                .isEqualTo(INITIAL);
    }

    @Test
    void takesEveryFieldOfAMessage() throws Exception {
        send("""
                {"generation":8,"threads":4,"queue":{"capacity":0,"maxWait":"500ms"},
                 "tasks":{"timeout":"2m","maxAllocation":"512Mi"},"drain":{"timeout":"1h"},"config":{"a":"ü"}}""");

        assertThat(pool.live())
                .isEqualTo(new LiveSettings(
                        8,
                        4,
                        0,
                        Duration.ofMillis(500),
                        Duration.ofMinutes(2),
                        512L << 20,
                        Duration.ofHours(1),
                        Map.of("a", "ü")));
    }

    @Test
    void liftsTheAllocationLimitByNull() throws Exception {
        send("{\"generation\":7,\"tasks\":{\"maxAllocation\":\"1Gi\"}}");
        assertThat(send("{\"generation\":8,\"tasks\":{}}").maxAllocation()).isEqualTo(1L << 30);
        assertThat(send("{\"generation\":9,\"tasks\":{\"maxAllocation\":null}}").maxAllocation())
                .isZero();
    }

    @Test
    void takesTheSameGenerationAgainButNoOlderOne() throws Exception {
        send(BODY);
        assertThat(send("{\"generation\":7,\"threads\":3}").threads()).isEqualTo(3);

        var stale =
                catchThrowableOfType(StaleGenerationException.class, () -> send("{\"generation\":6,\"threads\":4}"));

        assertThat(stale).hasMessage("Generation 6 is older than 7, which is in force");
        assertThat(pool.live().threads()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                       | body must be a JSON object",
                "[]                                       | body must be a JSON object",
                "null                                     | body must be a JSON object",
                "{                                        | body must be a JSON object: Unexpected end-of-input",
                "{} x                                     | body must be a JSON object: Unrecognized token 'x'",
                "{\"generation\":7,\"generation\":8}      | body must be a JSON object: Duplicate field 'generation'",
                "{\"threads\":2}                          | generation is missing",
                "{\"generation\":-1}                      | generation must be a whole number from 0 to 9223372036854775807",
                "{\"generation\":9223372036854775808}     | generation must be a whole number from 0 to 9223372036854775807",
                "{\"generation\":\"7\"}                   | generation must be a whole number from 0 to 9223372036854775807",
                "{\"generation\":null}                    | generation must be a whole number from 0 to 9223372036854775807",
                "{\"generation\":7,\"threads\":0}         | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"threads\":513}       | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"threads\":4294967297} | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"threads\":2.0}       | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"threads\":true}      | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"queue\":5}           | queue must be a JSON object",
                "{\"generation\":7,\"queue\":null}        | queue must be a JSON object",
                "{\"generation\":7,\"queue\":{\"capacity\":100001}}    | queue.capacity must be a whole number from 0 to 100000",
                "{\"generation\":7,\"queue\":{\"maxWait\":10}}         | queue.maxWait must be a duration from 0s to 1h",
                "{\"generation\":7,\"queue\":{\"maxWait\":\"61m\"}}    | queue.maxWait must be a duration from 0s to 1h",
                "{\"generation\":7,\"queue\":{\"size\":1}}             | queue.size is unknown; known are capacity, maxWait",
                "{\"generation\":7,\"tasks\":{\"timeout\":\"0s\"}}     | tasks.timeout must be a duration from 1ms to 24h",
                "{\"generation\":7,\"tasks\":{\"timeout\":null}}       | tasks.timeout must be a duration from 1ms to 24h",
                "{\"generation\":7,\"tasks\":{\"maxAllocation\":\"1Ki\"}} | tasks.maxAllocation must be a number of bytes from 1Mi to 1Ti",
                "{\"generation\":7,\"tasks\":{\"maxAllocation\":0}}    | tasks.maxAllocation must be a number of bytes from 1Mi to 1Ti",
                "{\"generation\":7,\"drain\":{\"timeout\":\"forever\"}} | drain.timeout must be a duration from 0s to 1h",
                "{\"generation\":7,\"drain\":{\"delay\":\"1s\"}}       | drain.delay is unknown; known are timeout",
                "{\"generation\":7,\"config\":{\"a\":1}}  | config must be a JSON object of strings",
                "{\"generation\":7,\"config\":null}       | config must be a JSON object of strings",
                "{\"generation\":7,\"replicas\":2}        | replicas is unknown; known are answer, config, drain, generation",
            })
    void namesFieldAndRuleAndChangesNothing(String body, String complaint) {
        var invalid = catchThrowableOfType(InvalidMessageException.class, () -> send(body));

        assertThat(invalid).isNotNull();
        assertThat(invalid).hasMessageStartingWith(complaint);
        assertThat(invalid.violations()).hasSize(1);
        assertThat(pool.live()).isEqualTo(INITIAL);
    }

    @Test
    void putsASectionOfSomebodyElseInForceTogetherWithItsOwn() throws Exception {
        send("{\"generation\":7,\"threads\":2,\"answer\":42}");

        assertThat(answer).isEqualTo(42);
        assertThat(pool.live().threads()).isEqualTo(2);
    }

    @Test
    void changesNothingWhenOneOfTheSectionsCannotBeUsed() {
        assertThat(catchThrowableOfType(
                        InvalidMessageException.class, () -> send("{\"generation\":7,\"threads\":0,\"answer\":42}")))
                .hasMessage("threads must be a whole number from 1 to 512");
        assertThat(catchThrowableOfType(
                        InvalidMessageException.class, () -> send("{\"generation\":7,\"threads\":2,\"answer\":41}")))
                .hasMessage("answer must be 42");

        assertThat(answer).isZero();
        assertThat(pool.live()).isEqualTo(INITIAL);
    }

    @Test
    void complainsOfEverythingAtOnce() {
        var invalid = catchThrowableOfType(
                InvalidMessageException.class,
                () -> send("{\"threads\":0,\"queue\":{\"capacity\":-1,\"x\":1},\"y\":1,\"config\":[]}"));

        assertThat(invalid.violations())
                .extracting(InvalidMessageException.Violation::field)
                .containsExactlyInAnyOrder("y", "queue.x", "generation", "threads", "queue.capacity", "config");
    }

    static Stream<Arguments> changedClaims() {
        return Stream.of(
                refused("another issuer", Reason.ISSUER, claims -> claims.setIssuer("workerpool-worker")),
                refused("no issuer", Reason.MALFORMED, claims -> claims.unsetClaim("iss")),
                refused("another pod", Reason.AUDIENCE, claims -> claims.setAudience("shop/thumbnails-abd/0a1b")),
                refused(
                        "the pod that had this name",
                        Reason.AUDIENCE,
                        claims -> claims.setAudience("shop/thumbnails-abc/0")),
                refused("no audience", Reason.MALFORMED, claims -> claims.unsetClaim("aud")),
                refused("no expiry", Reason.MALFORMED, claims -> claims.unsetClaim("exp")),
                refused("no time of issue", Reason.MALFORMED, claims -> claims.unsetClaim("iat")),
                refused("no id", Reason.MALFORMED, claims -> claims.unsetClaim("jti")),
                refused("an id without end", Reason.MALFORMED, claims -> claims.setJwtId("x".repeat(129))),
                refused("no digest", Reason.MALFORMED, claims -> claims.unsetClaim("body")),
                refused("a digest of another type", Reason.MALFORMED, claims -> claims.setClaim("body", 1)),
                refused(
                        "valid for too long",
                        Reason.EXPIRED,
                        claims -> claims.setExpirationTime(at(START.plusSeconds(61)))),
                refused("not issued yet", Reason.EXPIRED, claims -> claims.setIssuedAt(at(START.plusSeconds(11)))),
                refused("not valid yet", Reason.EXPIRED, claims -> claims.setNotBefore(at(START.plusSeconds(11)))),
                refused("expired", Reason.EXPIRED, claims -> {
                    claims.setIssuedAt(at(START.minusSeconds(30)));
                    claims.setExpirationTime(at(START.minusSeconds(11)));
                }),
                refused("issued before this process", Reason.EXPIRED, claims -> {
                    claims.setIssuedAt(at(START.minusSeconds(11)));
                    claims.setExpirationTime(at(START.plusSeconds(40)));
                }));
    }

    private static Arguments refused(String name, Reason reason, Consumer<JwtClaims> change) {
        return Arguments.of(name, reason, change);
    }

    private static NumericDate at(Instant time) {
        return NumericDate.fromMilliseconds(time.toEpochMilli());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changedClaims")
    void refusesAToken(String name, Reason reason, Consumer<JwtClaims> change) {
        assertRefused(reason, operator.sign(POD, BODY, now, change), BODY);
    }

    @Test
    void toleratesClocksThatDifferALittle() throws Exception {
        now = START.plusSeconds(20);
        String fromTheFuture = operator.sign(POD, BODY, now.plusSeconds(9));
        String justExpired = operator.sign(POD, BODY, START.plusSeconds(1), claims -> {
            claims.setExpirationTime(at(now.minusSeconds(9)));
        });

        assertThat(send(fromTheFuture, BODY).generation()).isEqualTo(7);
        assertThat(send(justExpired, BODY).generation()).isEqualTo(7);
    }

    @Test
    void refusesAKeyItDoesNotKnow() {
        assertRefused(Reason.SIGNATURE, new OperatorKey().sign(POD, BODY, now), BODY);
    }

    @Test
    void refusesATokenWithoutASignature() {
        var claims = OperatorKey.claims(POD, BODY, now, change -> {});
        assertRefused(Reason.SIGNATURE, OperatorKey.signed(claims, "none", null), BODY);
        String signed = operator.sign(POD, BODY, now);
        assertRefused(Reason.SIGNATURE, signed.substring(0, signed.lastIndexOf('.') + 1), BODY);
    }

    @Test
    void refusesThePublicKeyUsedAsASecret() {
        var claims = OperatorKey.claims(POD, BODY, now, change -> {});
        var secret = new SecretKeySpec(operator.pair().getPublic().getEncoded(), "HmacSHA256");
        assertRefused(Reason.SIGNATURE, OperatorKey.signed(claims, "HS256", secret), BODY);
    }

    @Test
    void refusesClaimsThatWereAltered() {
        String[] parts = operator.sign(POD, BODY, now).split("\\.");
        String altered = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("thumbnails", "thumbnailz");
        String payload =
                Base64.getUrlEncoder().withoutPadding().encodeToString(altered.getBytes(StandardCharsets.UTF_8));

        assertRefused(Reason.SIGNATURE, parts[0] + "." + payload + "." + parts[2], BODY);
    }

    @Test
    void refusesABodyThatWasAltered() {
        assertRefused(Reason.BODY, operator.sign(POD, BODY, now), BODY.replace("2", "3"));
    }

    @ParameterizedTest
    @CsvSource({"''", "x", "a.b", "a.b.c.d", "a.b.c.d.e"})
    void refusesWhatIsNoSignedToken(String token) {
        assertRefused(Reason.MALFORMED, token, BODY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":5}",
                "{\"alg\":[\"EdDSA\"]}",
                "{\"alg\":\"EdDSA\",\"crit\":\"x\"}",
                "{\"alg\":\"EdDSA\",\"crit\":[5]}",
                "{\"alg\":\"EdDSA\",\"b64\":\"x\"}",
                "{\"alg\":\"EdDSA\",\"jwk\":5,\"x5c\":5,\"kid\":{}}"
            })
    void refusesAnyHeaderThatNobodySigned(String header) {
        String encoded =
                Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8));
        var refused = catchThrowableOfType(
                ControlRefusedException.class, () -> send(encoded + ".e30." + "A".repeat(86), BODY));

        assertThat(refused).as("the refusal").isNotNull();
        assertThat(refused.reason()).isIn(Reason.MALFORMED, Reason.SIGNATURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"soon\"", "1e300", "-1", "[]", "{}", "99999999999999999999", "null"})
    void refusesTimesThatAreNone(String time) throws Exception {
        for (String claim : List.of("iat", "exp", "nbf")) {
            Object value = new com.fasterxml.jackson.databind.json.JsonMapper().readValue(time, Object.class);
            String token = operator.sign(POD, BODY, now, claims -> claims.setClaim(claim, value));
            if (claim.equals("nbf") && (value == null || time.equals("-1"))) {
                continue;
            }
            var refused = catchThrowableOfType(ControlRefusedException.class, () -> send(token, BODY));
            assertThat(refused).as("the refusal of " + claim).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"..", "a.b.c", "e30.e30.e30", "bnVsbA.bnVsbA.AA", "eyJhbGciOiJFZERTQSJ9.e30."})
    void refusesWhatIsInTheFormOfATokenOnly(String token) {
        assertRefused(Reason.SIGNATURE, token, BODY);
    }

    @Test
    void takesATokenOnce() throws Exception {
        String token = operator.sign(POD, BODY, now);
        assertThat(send(token, BODY).generation()).isEqualTo(7);

        var replayed = catchThrowableOfType(ControlRefusedException.class, () -> send(token, BODY));
        assertThat(replayed.reason()).isEqualTo(Reason.REPLAYED);
        now = now.plusSeconds(70);
        assertThat(catchThrowableOfType(ControlRefusedException.class, () -> send(token, BODY))
                        .reason())
                .isIn(Reason.REPLAYED, Reason.EXPIRED);
    }

    @Test
    void remembersABoundedNumberOfTokensAndForgetsThoseThatExpired() throws Exception {
        var used = new UsedTokens();
        for (int i = 0; i < UsedTokens.CAPACITY; i++) {
            used.use("id-" + i, START.plusSeconds(60), START);
        }
        var refused = catchThrowableOfType(
                ControlRefusedException.class, () -> used.use("one more", START.plusSeconds(60), START));
        assertThat(refused.reason()).isEqualTo(Reason.TOO_MANY);

        used.use("one more", START.plusSeconds(121), START.plusSeconds(61));
    }

    @Test
    void rehearsesWithoutAnythingBeingSeenOfIt() throws Exception {
        channel.rehearse();

        assertThat(counted(Reason.SIGNATURE)).isZero();
        assertThat(pool.live()).isEqualTo(INITIAL);
        assertThat(send(BODY).generation()).isEqualTo(7);
    }

    @Test
    void takesMessagesOfAnyOfItsKeys() throws Exception {
        var next = new OperatorKey();
        var rotating = new ControlChannel(
                new ControlSettings(ControlSettings.KEYS.read(operator.encoded() + "  " + next.encoded()), POD),
                pool,
                Map.of(),
                new PrometheusRegistry(),
                () -> now);
        ByteBuffer body = ByteBuffer.wrap(BODY.getBytes(StandardCharsets.UTF_8));

        assertThat(rotating.change(operator.sign(POD, BODY, now), body).generation())
                .isEqualTo(7);
        assertThat(rotating.change(next.sign(POD, BODY, now), body).generation())
                .isEqualTo(7);
    }

    @Test
    void takesNothingWithoutAKey() {
        var closed = channel(null);
        var refused = catchThrowableOfType(
                ControlRefusedException.class,
                () -> closed.change(operator.sign(POD, BODY, now), ByteBuffer.wrap(new byte[0])));

        assertThat(refused.reason()).isEqualTo(Reason.NO_KEY);
        assertThat(refused).hasMessageContaining("WORKERPOOL_CONTROL_KEY");
    }

    @ParameterizedTest
    @CsvSource({"x", "AAAA", "MCowBQYDK2VwAyEA", "'key, key'"})
    void knowsAKeyThatCannotBeOne(String key) {
        assertThat(ControlSettings.KEYS.read(key)).isNull();
        assertThat(ControlSettings.KEYS.read(operator.encoded() + " " + key)).isNull();
    }

    @Test
    void describesSettingsInTheFormInWhichTheyCome() throws Exception {
        String body = "{\"generation\":7,\"threads\":2,\"queue\":{\"capacity\":9,\"maxWait\":\"1500ms\"},"
                + "\"tasks\":{\"timeout\":\"90s\",\"maxAllocation\":\"1536Mi\"},\"drain\":{\"timeout\":\"0s\"},"
                + "\"config\":{\"a\":\"b\"}}";
        var described = SettingsDescription.of(send(body));

        assertThat(new com.fasterxml.jackson.databind.json.JsonMapper().writeValueAsString(described))
                .isEqualTo(body);
    }
}
