package dev.workerpool.worker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.workerpool.worker.control.ControlRefusedException.Reason;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose messages are taken, and which of them. */
class ControlTokensTest extends ControlFixture {
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
    void theNextWorkerInTheContainerTakesNoneAgain(@TempDir Path folder) throws Exception {
        SettingsMemory memory = SettingsMemory.in(Files.createFile(folder.resolve("memory")));
        ByteBuffer body = ByteBuffer.wrap(BODY.getBytes(StandardCharsets.UTF_8));
        String first = operator.sign(POD, BODY, now.plusSeconds(9)); // By a clock that goes ahead.
        String last = operator.sign(POD, BODY, now);
        ControlChannel dead = channel(operator.encoded(), memory);
        dead.change(first, body);
        dead.change(last, body);
        now = now.plusSeconds(1);
        ControlChannel next = channel(operator.encoded(), memory);
        next.recall();

        assertThatAllAreReplayed(next, List.of(first, last), body);
        now = now.plusSeconds(9);
        assertThat(next.change(operator.sign(POD, BODY, now), body).generation())
                .isEqualTo(7);
    }

    /** The operator may sign a message within the second of the last one before a death: tokens are dated to the second. */
    @Test
    void theNextWorkerInTheContainerTakesWhatIsSignedInTheSameSecond(@TempDir Path folder) throws Exception {
        SettingsMemory memory = SettingsMemory.in(Files.createFile(folder.resolve("memory")));
        ByteBuffer body = ByteBuffer.wrap(BODY.getBytes(StandardCharsets.UTF_8));
        var tokens = new ArrayList<String>();
        for (int worker = 1; worker <= 3; worker++) {
            ControlChannel next = channel(operator.encoded(), memory);
            next.recall();
            String token = operator.sign(POD, BODY, now, claims -> claims.setJwtId("\n ü" + tokens.size()));

            assertThat(next.change(token, body).generation()).isEqualTo(7);
            tokens.add(token);
            assertThatAllAreReplayed(next, tokens, body);
        }
    }

    @Test
    void whatWasTakenAndNotPutInForceIsNotTakenByTheNextWorkerEither(@TempDir Path folder) throws Exception {
        SettingsMemory memory = SettingsMemory.in(Files.createFile(folder.resolve("memory")));
        ByteBuffer body = ByteBuffer.wrap("{\"generation\":7,\"threads\":0}".getBytes(StandardCharsets.UTF_8));
        String token = operator.sign(POD, "{\"generation\":7,\"threads\":0}", now);
        ControlChannel dead = channel(operator.encoded(), memory);
        assertThatExceptionOfType(InvalidMessageException.class).isThrownBy(() -> dead.change(token, body));
        ControlChannel next = channel(operator.encoded(), memory);
        next.recall();

        assertThatAllAreReplayed(next, List.of(token), body);
        assertThat(pool.live()).isEqualTo(INITIAL);
    }

    private static void assertThatAllAreReplayed(ControlChannel channel, List<String> tokens, ByteBuffer body) {
        for (String taken : tokens) {
            var refused = catchThrowableOfType(ControlRefusedException.class, () -> channel.change(taken, body));
            assertThat(refused.reason()).isEqualTo(Reason.REPLAYED);
        }
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
    void takesMessagesOfAnyOfItsKeys() throws Exception {
        var next = new OperatorKey();
        var rotating = new ControlChannel(
                new ControlSettings(ControlSettings.KEYS.read(operator.encoded() + "  " + next.encoded()), POD),
                pool,
                Map.of(),
                SettingsMemory.NONE,
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
}
