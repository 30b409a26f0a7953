package dev.workerpool.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.mapping.InvalidTaskInputException.FieldError;
import dev.workerpool.task.Content;
import dev.workerpool.task.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskInputTest {
    private enum Color {
        RED,
        BLUE {
            @Override
            public String toString() {
                return "the blue one";
            }
        }
    }

    private record Part(int size) {}

    private sealed interface Shape permits Circle, Group {}

    private record Circle(double radius) implements Shape {}

    private record Group(List<Shape> shapes) implements Shape {}

    private record Input(int n, String text, boolean flag, List<Part> parts, Color color, Shape shape) {
        Input {
            if (n < 0) {
                throw new InvalidInputException("n", "must not be negative");
            }
            if (n == 666) {
                throw new IllegalArgumentException("an unlucky number");
            }
        }
    }

    private record Values(
            byte tiny,
            short small,
            long large,
            float single,
            Double maybe,
            double[] doubles,
            char letter,
            BigInteger big,
            byte[] bytes,
            Duration time,
            Instant at,
            Map<String, Part> named,
            float[] singles,
            UUID id,
            Map<Byte, Part> tinies,
            Map<Double, Part> numbered,
            Color[] colors) {}

    private record Exiting(int n) {
        Exiting {
            throw new StackOverflowError();
        }
    }

    private final JsonMapper json = TaskMapper.json();

    private static Content body(byte[] bytes) {
        return new Content("application/json", ByteBuffer.wrap(bytes));
    }

    private Object read(Class<?> type, byte[] body) throws InvalidTaskInputException {
        try {
            return InputReader.of(json.constructType(type), json).read(body(body));
        } catch (UnmappableTaskException e) {
            throw new AssertionError(e);
        }
    }

    private Object read(Class<?> type, String body) throws InvalidTaskInputException {
        return read(type, body.getBytes(StandardCharsets.UTF_8));
    }

    private FieldError refusal(Class<?> type, String body) {
        var refused = catchThrowableOfType(InvalidTaskInputException.class, () -> read(type, body));
        assertThat(refused).as("refusal of %.200s", body).isNotNull();
        return refused.errors().getFirst();
    }

    @Test
    void readsRecords() throws InvalidTaskInputException {
        assertThat(read(
                        Input.class,
                        "{\"n\":1,\"text\":\"a\",\"flag\":true,\"parts\":[{\"size\":2}],\"color\":\"BLUE\","
                                + "\"shape\":{\"type\":\"Group\",\"shapes\":[{\"radius\":2,\"type\":\"Circle\"}]}}"))
                .isEqualTo(
                        new Input(1, "a", true, List.of(new Part(2)), Color.BLUE, new Group(List.of(new Circle(2)))));
    }

    @Test
    void leavesAbsentReferencesNull() throws InvalidTaskInputException {
        assertThat(read(Input.class, "{\"n\":1,\"flag\":false}"))
                .isEqualTo(new Input(1, null, false, null, null, null));
    }

    @Test
    void readsValuesOfEveryKind() throws InvalidTaskInputException {
        var values = (Values) read(Values.class, """
                {"tiny":-128,"small":32767,"large":9223372036854775807,"single":1.5,"maybe":-0.5,"doubles":[1,2.5],"letter":"x",
                 "big":123456789012345678901234567890,"bytes":"AQI=","time":"PT1M","at":"2026-01-01T00:00:00Z",
                 "named":{"a":{"size":1}},"id":"7D444840-9dc0-11d1-b245-5ffdce74fad2","tinies":{"-128":null},"numbered":{"1.5":null},"colors":["RED"]}
                """);

        assertThat(values.tiny()).isEqualTo((byte) -128);
        assertThat(values.large()).isEqualTo(Long.MAX_VALUE);
        assertThat(values.maybe()).isEqualTo(-0.5);
        assertThat(values.doubles()).containsExactly(1, 2.5);
        assertThat(values.bytes()).containsExactly(1, 2);
        assertThat(values.time()).isEqualTo(Duration.ofMinutes(1));
        assertThat(values.at()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(values.named()).containsExactly(Map.entry("a", new Part(1)));
        assertThat(values.id()).isEqualTo(UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2"));
        assertThat(values.tinies()).containsOnlyKeys((byte) -128);
        assertThat(values.numbered()).containsOnlyKeys(1.5);
        assertThat(values.colors()).containsExactly(Color.RED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"flag\":true}                          | n             | is required",
                "{\"n\":null,\"flag\":true}               | n             | is required",
                "{\"n\":\"1\",\"flag\":true}              | n             | must be a whole number of 32 bits",
                "{\"n\":1.5,\"flag\":true}                | n             | must be a whole number of 32 bits",
                "{\"n\":99999999999,\"flag\":true}        | n             | must be a whole number of 32 bits",
                "{\"n\":1,\"flag\":1}                     | flag          | must be true or false",
                "{\"n\":1,\"flag\":true,\"text\":5}       | text          | must be a string",
                "{\"n\":1,\"flag\":true,\"parts\":{}}     | parts         | must be an array",
                "{\"n\":1,\"flag\":true,\"parts\":[{\"size\":1},{\"size\":\"x\"}]} | parts[1].size | must be a whole number",
                "{\"n\":1,\"flag\":true,\"parts\":[{}]}   | parts[0].size | is required",
                "{\"n\":1,\"flag\":true,\"color\":\"RAD\"}| color         | must be one of [RED, BLUE]",
                "{\"n\":1,\"flag\":true,\"color\":1}      | color         | must be one of [RED, BLUE]",
                "{\"n\":1,\"flag\":true,\"color\":\"\"}   | color         | must be one of [RED, BLUE]",
                "{\"n\":-1,\"flag\":true}                 | n             | must not be negative",
                "{\"n\":666,\"flag\":true}                | body          | an unlucky number",
                "{\"n\":1,\"n\":2,\"flag\":true}          | n             | must be given once",
                "{\"n\":1,\"flag\":true,\"parts\":[{\"size\":1,\"size\":2}]} | parts[0].size | must be given once",
                "{\"n\":1,\"flag\":true,\"other\":1}      | other         | is unknown; known are color, flag, n, parts, shape, text",
                "{\"n\":1,\"flag\":true,\"shape\":{}}     | shape.type    | is required",
                "{\"n\":1,\"flag\":true,\"shape\":{\"type\":\"Cube\"}} | shape.type | must be one of [Circle, Group]",
                "{\"n\":1,\"flag\":true,\"shape\":{\"type\":\"Circle\"}} | shape.radius | is required",
                "{\"n\":1,\"flag\":true,\"shape\":{\"type\":\"Group\",\"shapes\":[{\"type\":\"Circle\",\"radius\":1e999}]}} | shape.shapes[0].radius | must be a number of double precision",
                "{\"n\":1,\"flag\":true} trailing         | body          | well-formed",
                "{\"n\":1                                 | body          | ends too early",
                "[]                                       | body          | must be an object",
                "null                                     | body          | must not be null",
                "nonsense                                 | body          | well-formed",
            })
    void namesFieldAndRule(String body, String field, String rule) {
        FieldError error = refusal(Input.class, body);

        assertThat(error.field()).isEqualTo(field);
        assertThat(error.rule()).contains(rule);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"tiny\":128          | tiny       | must be a whole number of 8 bits",
                "\"small\":32768       | small      | must be a whole number of 16 bits",
                "\"large\":1e30        | large      | must be a whole number of 64 bits",
                "\"large\":9223372036854775808 | large | must be a whole number of 64 bits",
                "\"single\":1e39       | single     | must be a number of single precision",
                "\"maybe\":\"NaN\"     | maybe      | must be a number of double precision",
                "\"maybe\":true        | maybe      | must be a number of double precision",
                "\"doubles\":[1,\"NaN\"] | doubles[1] | must be a number of double precision",
                "\"doubles\":[1,-1e999] | doubles[1] | must be a number of double precision",
                "\"doubles\":[null]    | doubles[0] | is required",
                "\"doubles\":\"P/AAAAAAAAA=\" | doubles | must be an array",
                "\"singles\":\"P4AAAA==\" | singles | must be an array",
                "\"singles\":\"\" | singles | must be an array",
                "\"bytes\":[1,2]       | bytes      | must be a string of Base64",
                "\"id\":\"\"            | id         | must be a string that is a UUID",
                "\"id\":\"  \"          | id         | must be a string that is a UUID",
                "\"id\":\"1-1-1-1-1\"  | id         | must be a string that is a UUID",
                "\"id\":\"AAAAAAAAAAAAAAAAAAAAAA==\" | id | must be a string that is a UUID",
                "\"tinies\":{\"200\":null} | tinies.200 | must be a whole number of 8 bits",
                "\"tinies\":{\"\":null} | tinies. | must be a whole number of 8 bits",
                "\"numbered\":{\"NaN\":null} | numbered.NaN | must be a number of double precision",
                "\"letter\":\"xy\"     | letter     | must be a string of one character",
                "\"big\":1.5           | big        | must be a whole number",
                "\"bytes\":\"?\"       | bytes      | must be a string of Base64",
                "\"time\":\"a while\"  | time       | must be a string that is a Duration of ISO-8601",
                "\"time\":\"\"         | time       | must be a string that is a Duration of ISO-8601",
                "\"time\":60           | time       | must be a string that is a Duration of ISO-8601",
                "\"named\":{\"a\":1}   | named.a    | must be an object",
                "\"colors\":[\"RED\",\"GREEN\"] | colors[1] | must be one of [RED, BLUE]",
            })
    void knowsTheRangeOfEveryKindOfValue(String fields, String field, String rule) {
        FieldError error = refusal(Values.class, "{" + fields + "}");

        assertThat(error).isEqualTo(new FieldError(field, rule));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":1,\"flag\":true]",
                "[[1}",
                "{\"n\":NaN}",
                "{\"n\":-Infinity}",
                "{\"n\":+1}",
                "{\"n\":.5}",
                "{\"n\":01}",
                "{\"n\":1.}",
                "{n:1}",
                "{'n':1}",
                "{\"n\":1,}",
                "{\"text\":\"a\nb\"}",
                "{\"text\":\"\\q\"}",
                "{\"n\":1} // why",
                "{\"n\":1,\"flag\":true} {}",
                "nonsense",
            })
    void tellsTheCallerNothingOfTheParser(String body) {
        FieldError error = refusal(Input.class, body);

        assertThat(error.rule())
                .doesNotContain("Feature", "Source", "REDACTED", "com.", "java.", "`", "enable")
                .isNotBlank();
    }

    @Test
    void saysSomethingWhereTheTaskDoesNot() {
        var refused = new InvalidInputException(null, null);

        assertThat(refused.field()).isEqualTo("body");
        assertThat(refused.rule()).isEqualTo("is not valid");
        assertThat(refused).hasMessage("body: is not valid");
    }

    @Test
    void tellsWhichBracketIsClosedByAnother() {
        assertThat(refusal(Object.class, "{\"a\":1]"))
                .isEqualTo(new FieldError(
                        "body",
                        "must be well-formed JSON: Unexpected close marker ']': expected '}'"
                                + " (for the Object that begins at line 1, column 1) (line 1, column 7)"));
    }

    @Test
    void refusesAnEmptyBodyWhereJsonIsNeeded() {
        assertThat(refusal(Input.class, "")).isEqualTo(new FieldError("body", "must be JSON, but is empty"));
    }

    @Test
    void refusesWhatWouldCostMoreThanItsBytes() {
        assertThat(refusal(Map.class, "{\"a\":".repeat(10_000)).rule())
                .isEqualTo("must have at most 200 objects and arrays in each other");
        assertThat(refusal(Object.class, "1".repeat(1001)).rule())
                .isEqualTo("must have at most 1000 digits in a number");
        assertThat(refusal(Input.class, "{\"text\":\"" + "x".repeat(20_000_001) + "\"}"))
                .isEqualTo(new FieldError("text", "must have at most 20000000 characters in a string"));
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        var refused = catchThrowableOfType(
                InvalidTaskInputException.class, () -> read(String.class, new byte[] {(byte) 0xff}));

        assertThat(refused.errors()).containsExactly(new FieldError("body", "must be UTF-8 text"));
        assertThat(catchThrowableOfType(
                                InvalidTaskInputException.class,
                                () -> read(Input.class, new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}))
                        .errors()
                        .getFirst()
                        .rule())
                .contains("well-formed");
    }

    @Test
    void leavesErrorsOfConstructorsToTheWorker() {
        assertThatThrownBy(() -> read(Exiting.class, "{\"n\":1}")).isInstanceOf(StackOverflowError.class);
    }

    @Test
    void handsTheVeryArrayOver() throws Exception {
        byte[] bytes = {1, 2, 3};

        assertThat(read(byte[].class, bytes)).isSameAs(bytes);
        assertThat(((MemorySegment) read(MemorySegment.class, bytes)).heapBase())
                .containsSame(bytes);
        assertThat(((InputStream) read(InputStream.class, bytes)).readAllBytes())
                .isEqualTo(bytes);
        assertThat(read(InputStream.class, bytes)).isInstanceOf(ByteArrayInputStream.class);
    }

    @Test
    void copiesOnlyWhenTheArrayIsMoreThanTheBody() throws Exception {
        var part = new Content("a/b", ByteBuffer.wrap(new byte[] {1, 2, 3}, 1, 1));

        assertThat(InputReader.of(json.constructType(byte[].class), json).read(part))
                .isEqualTo(new byte[] {2});
        assertThat(((MemorySegment) InputReader.of(json.constructType(MemorySegment.class), json)
                                .read(part))
                        .byteSize())
                .isEqualTo(1);
        assertThat(((InputStream) InputReader.of(json.constructType(InputStream.class), json)
                                .read(part))
                        .readAllBytes())
                .isEqualTo(new byte[] {2});
    }
}
