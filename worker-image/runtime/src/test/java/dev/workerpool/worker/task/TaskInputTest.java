package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import dev.workerpool.task.InvalidInputException;
import dev.workerpool.worker.task.InvalidTaskInputException.FieldError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskInputTest {
    private enum Color {
        RED,
        BLUE
    }

    private record Part(int size) {}

    private record Input(int n, String text, boolean flag, List<Part> parts, Color color) {
        Input {
            if (n < 0) {
                throw new InvalidInputException("n", "must not be negative");
            }
        }
    }

    private final JsonMapper json = TaskJson.mapper();

    private static Content body(byte[] bytes) {
        return new Content("application/json", ByteBuffer.wrap(bytes));
    }

    private Object read(Class<?> type, String body) throws InvalidTaskInputException {
        return InputReader.of(json.constructType(type), json).read(body(body.getBytes(StandardCharsets.UTF_8)));
    }

    private FieldError refusal(Class<?> type, String body) {
        var refused = catchThrowableOfType(InvalidTaskInputException.class, () -> read(type, body));
        assertThat(refused).as("refusal of %s", body).isNotNull();
        return refused.errors().getFirst();
    }

    @Test
    void readsRecords() throws InvalidTaskInputException {
        assertThat(read(
                        Input.class,
                        "{\"n\":1,\"text\":\"a\",\"flag\":true,\"parts\":[{\"size\":2}],\"color\":\"RED\"}"))
                .isEqualTo(new Input(1, "a", true, List.of(new Part(2)), Color.RED));
    }

    @Test
    void leavesAbsentReferencesNull() throws InvalidTaskInputException {
        assertThat(read(Input.class, "{\"n\":1,\"flag\":false}")).isEqualTo(new Input(1, null, false, null, null));
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
                "{\"n\":1,\"flag\":true,\"color\":\"RAD\"}| color         | must be one of [RED, BLUE]",
                "{\"n\":-1,\"flag\":true}                 | n             | must not be negative",
                "{\"n\":1,\"n\":2,\"flag\":true}          | body          | Duplicate",
                "{\"n\":1,\"flag\":true,\"other\":1}      | other         | is unknown; known are color, flag, n, parts, text",
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

    @Test
    void refusesAnEmptyBodyWhereJsonIsNeeded() {
        assertThat(refusal(Input.class, "")).isEqualTo(new FieldError("body", "must be JSON, but is empty"));
    }

    @Test
    void refusesNestingThatWouldOverflowTheStack() {
        assertThat(refusal(Map.class, "{\"a\":".repeat(10_000)).field()).isEqualTo("body");
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        var reader = InputReader.of(json.constructType(String.class), json);

        var refused = catchThrowableOfType(
                InvalidTaskInputException.class, () -> reader.read(body(new byte[] {(byte) 0xff})));

        assertThat(refused.errors()).containsExactly(new FieldError("body", "must be UTF-8 text"));
    }

    @Test
    void handsTheVeryArrayOver() throws InvalidTaskInputException {
        byte[] bytes = {1, 2, 3};

        assertThat(InputReader.of(json.constructType(byte[].class), json).read(body(bytes)))
                .isSameAs(bytes);
    }

    @Test
    void copiesOnlyWhenTheArrayIsMoreThanTheBody() throws InvalidTaskInputException {
        var part = new Content("a/b", ByteBuffer.wrap(new byte[] {1, 2, 3}, 1, 1));

        assertThat(InputReader.of(json.constructType(byte[].class), json).read(part))
                .isEqualTo(new byte[] {2});
    }
}
