package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.worker.http.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever a client posts to a task with a typed input: the task gets an input of its type, or the client a 400 that names
 * field and rule. Never does the mapping itself fail.
 */
class InputFuzzTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String VALID = """
            {"name":"a","count":3,"price":1.5,"open":true,"kind":"ONE","lines":[{"sku":"x","amount":2}],"tags":{"k":"v"}}""";

    private static FuzzedWorker worker;

    @BeforeContainer
    static void start() throws Exception {
        worker = FuzzedWorker.start();
    }

    @AfterContainer
    static void stop() throws Exception {
        worker.close();
    }

    @AfterProperty
    void servesOthers() throws IOException {
        worker.assertServes();
    }

    @Property(tries = 1)
    void takesWhatIsValid() throws IOException {
        assertThat(post(VALID).status()).isEqualTo(200);
    }

    @Property(tries = 800)
    void mapsAnyJsonOrNamesWhatIsWrong(@ForAll("values") Object value) throws IOException {
        assertMappedOrExplained(JSON.writeValueAsString(value));
    }

    @Property(tries = 800)
    void mapsAnyFieldOrNamesWhatIsWrong(@ForAll("fields") String field, @ForAll("values") Object value)
            throws IOException {
        var object = (com.fasterxml.jackson.databind.node.ObjectNode) JSON.readTree(VALID);
        object.set(field, JSON.valueToTree(value));
        assertMappedOrExplained(JSON.writeValueAsString(object));
    }

    @Property(tries = 800)
    void explainsBrokenJson(@ForAll @Size(min = 1, max = 4) List<@IntRange(min = 0) Integer> mutations)
            throws IOException {
        var bytes = new StringBuilder(VALID);
        for (int mutation : mutations) {
            int at = Math.floorMod(mutation >> 2, bytes.length());
            switch (mutation & 3) {
                case 0 -> bytes.setCharAt(at, (char) (mutation >> 10 & 0xff));
                case 1 -> bytes.insert(at, (char) (mutation >> 10 & 0xff));
                case 2 -> bytes.insert(at, bytes.substring(at));
                default -> bytes.setLength(at + 1);
            }
        }
        assertMappedOrExplained(bytes.toString());
    }

    @Property(tries = 300)
    void explainsAnyBytes(@ForAll @Size(max = 300) byte[] bytes) throws IOException {
        assertMappedOrExplained(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Provide
    Arbitrary<String> fields() {
        return Arbitraries.of("name", "count", "price", "open", "kind", "lines", "tags", "unknown", "", "nul\u0000");
    }

    @Provide
    Arbitrary<Object> values() {
        Arbitrary<Object> scalars = Arbitraries.oneOf(
                Arbitraries.just(Map.of()),
                Arbitraries.strings().ofMaxLength(12),
                Arbitraries.integers(),
                Arbitraries.longs(),
                Arbitraries.bigIntegers(),
                Arbitraries.doubles(),
                Arbitraries.of(true, false),
                Arbitraries.of("ONE", "TWO", "one", "3", "1e3", "NaN", "true", ""));
        Arbitrary<Object> one = Arbitraries.oneOf(
                scalars,
                scalars.list().ofMaxSize(3).map(Object.class::cast),
                Arbitraries.maps(Arbitraries.of("sku", "amount", "name", "x"), scalars)
                        .ofMaxSize(3)
                        .map(Object.class::cast));
        return Arbitraries.oneOf(
                one,
                one.list().ofMaxSize(3).map(Object.class::cast),
                Arbitraries.maps(fields(), one).ofMaxSize(4).map(Object.class::cast));
    }

    private static RawClient.Answer post(String body) throws IOException {
        try (var client = new RawClient(worker.port())) {
            return client.post("/tasks/order", body).read();
        }
    }

    private static void assertMappedOrExplained(String body) throws IOException {
        RawClient.Answer answer = post(body);
        assertThat(answer.status()).as(answer.body()).isIn(200, 400);
        if (answer.status() == 400) {
            JsonNode problem = JSON.readTree(answer.body().getBytes(StandardCharsets.ISO_8859_1));
            assertThat(problem.path("type").textValue()).isEqualTo("urn:workerpool:problem:malformed-input");
            assertThat(problem.path("errors")).isNotEmpty().allSatisfy(error -> {
                assertThat(error.path("field").textValue()).isNotNull();
                assertThat(error.path("rule").textValue()).isNotBlank().doesNotContain("com.fasterxml", "Exception");
            });
        }
        worker.assertNothingUnexpectedLogged();
    }
}
