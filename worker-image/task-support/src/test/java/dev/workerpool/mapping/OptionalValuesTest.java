package dev.workerpool.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.mapping.InvalidTaskInputException.FieldError;
import dev.workerpool.mapping.SchemaWriter.Direction;
import dev.workerpool.task.Content;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OptionalValuesTest {
    private static final String FULL =
            "{\"note\":\"hi\",\"shape\":{\"type\":\"Circle\",\"radius\":2.0},\"shapes\":[{\"type\":\"Circle\",\"radius\":1.0}],"
                    + "\"n\":1,\"large\":2,\"share\":0.5}";

    private static final String EMPTY =
            "{\"note\":null,\"shape\":null,\"shapes\":null,\"n\":null,\"large\":null,\"share\":null}";

    private sealed interface Shape permits Circle {}

    private record Circle(double radius) implements Shape {}

    private record Order(
            Optional<String> note,
            Optional<Shape> shape,
            Optional<List<Shape>> shapes,
            OptionalInt n,
            OptionalLong large,
            OptionalDouble share) {}

    private static final Order ALL = new Order(
            Optional.of("hi"),
            Optional.of(new Circle(2)),
            Optional.of(List.of(new Circle(1))),
            OptionalInt.of(1),
            OptionalLong.of(2),
            OptionalDouble.of(0.5));

    private static final Order NONE = new Order(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalLong.empty(),
            OptionalDouble.empty());

    private final JsonMapper json = TaskMapper.json();

    private Object read(String body) throws Exception {
        return InputReader.of(json.constructType(Order.class), json)
                .read(new Content("application/json", ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8))));
    }

    private String written(Order order) throws Exception {
        Content content = OutputWriter.of(json.constructType(Order.class), "", json)
                .write(order, mediaType -> new GatheredResult(mediaType, 64));
        return StandardCharsets.UTF_8.decode(content.bytes().duplicate()).toString();
    }

    @Test
    void areReadFromTheirValue() throws Exception {
        assertThat(read(FULL)).isEqualTo(ALL);
    }

    @Test
    void areEmptyWhenAbsentOrNull() throws Exception {
        assertThat(read("{}")).isEqualTo(NONE);
        assertThat(read(EMPTY)).isEqualTo(NONE);
    }

    @Test
    void areWrittenAsTheirValueOrNull() throws Exception {
        assertThat(json.readTree(written(ALL))).isEqualTo(json.readTree(FULL));
        assertThat(json.readTree(written(NONE))).isEqualTo(json.readTree(EMPTY));
    }

    @Test
    void areAsStrictAsTheirValue() {
        var refused =
                catchThrowableOfType(InvalidTaskInputException.class, () -> read("{\"shape\":{\"type\":\"Circle\"}}"));
        assertThat(refused.errors()).extracting(FieldError::field).containsExactly("shape.radius");
        refused = catchThrowableOfType(InvalidTaskInputException.class, () -> read("{\"n\":\"1\"}"));
        assertThat(refused.errors()).containsExactly(new FieldError("n", "must be a whole number of 32 bits"));
    }

    @Test
    void areDescribedAsTheirValueOrNull() {
        var definitions = new HashMap<String, Object>();
        new SchemaWriter("order", Direction.IN, json, definitions).of(json.constructType(Order.class));

        assertThat(json.valueToTree(definitions).at("/order.Order/properties/note"))
                .isEqualTo(json.valueToTree(Map.of("type", List.of("string", "null"))));
        assertThat(json.valueToTree(definitions).at("/order.Order/properties/n/type"))
                .isEqualTo(json.valueToTree(List.of("integer", "null")));
        assertThat(json.valueToTree(definitions).at("/order.Order/required").isMissingNode())
                .isTrue();
    }
}
