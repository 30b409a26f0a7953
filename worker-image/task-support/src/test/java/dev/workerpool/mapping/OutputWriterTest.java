package dev.workerpool.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import dev.workerpool.task.ContentStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OutputWriterTest {
    private record Output(int count) {}

    private sealed interface Shape permits Circle, Square {}

    private record Circle(double radius) implements Shape {}

    private record Square(double side, List<Shape> inside) implements Shape {}

    private record Timed(Duration took) {}

    private final JsonMapper json = TaskMapper.json();

    private Content write(Type type, String produces, Object output) throws Exception {
        return OutputWriter.of(json.constructType(type), produces, json)
                .write(output, mediaType -> new GatheredResult(mediaType, 64));
    }

    private Type streamOf(Class<?> container, Class<?> element) {
        return json.getTypeFactory().constructParametricType(container, element);
    }

    private static String text(Content content) {
        return StandardCharsets.UTF_8.decode(content.bytes().duplicate()).toString();
    }

    @Test
    void writesRecordsAndCollectionsAsJson() throws Exception {
        assertThat(text(write(Output.class, "", new Output(3)))).isEqualTo("{\"count\":3}");
        assertThat(text(write(Object.class, "", List.of(1, "a")))).isEqualTo("[1,\"a\"]");
        assertThat(text(write(int[].class, "", new int[] {1, 2}))).isEqualTo("[1,2]");
        assertThat(text(write(Timed.class, "", new Timed(Duration.ofSeconds(90)))))
                .isEqualTo("{\"took\":\"PT1M30S\"}");
        assertThat(write(Output.class, "", new Output(3)).mediaType()).isEqualTo("application/json");
    }

    @Test
    void refusesNumbersThatJsonHasNot() {
        assertThatThrownBy(() -> write(Shape.class, "", new Square(1, List.of(new Circle(Double.NaN)))))
                .hasMessage("The output cannot be JSON: inside[0].radius is NaN, and JSON has finite numbers only");
        assertThatThrownBy(() -> write(Object.class, "", Map.of("a", List.of(Float.NEGATIVE_INFINITY))))
                .hasMessageContaining("a[0] is -Infinity");
        assertThatThrownBy(() -> write(double[][].class, "", new double[][] {{1}, {2, Double.POSITIVE_INFINITY}}))
                .hasMessageContaining("[1][1] is Infinity");
        assertThatThrownBy(() -> write(float[].class, "", new float[] {Float.NaN}))
                .hasMessageContaining("[0] is NaN");
        assertThatThrownBy(() -> write(Double.class, "", Double.NaN)).hasMessageContaining("it is NaN");
        assertThatThrownBy(() -> write(OptionalDouble.class, "", OptionalDouble.of(Double.NaN)))
                .hasMessageContaining("is NaN");
        assertThatThrownBy(() -> write(streamOf(Stream.class, Double.class), "", Stream.of(1.0, Double.NaN)))
                .hasMessageContaining("it is NaN");
    }

    @Test
    void writesFiniteNumbersOfAllKinds() throws Exception {
        assertThat(text(write(Object.class, "", List.of(0.5, 1.5f, Double.MAX_VALUE))))
                .isEqualTo("[0.5,1.5,1.7976931348623157E308]");
        assertThat(text(write(double[].class, "", new double[] {-0.0, 1}))).isEqualTo("[-0.0,1.0]");
        assertThat(text(write(Float[].class, "", new Float[] {0.1f, null}))).isEqualTo("[0.1,null]");
    }

    @Test
    void tellsTheClassOfASealedType() throws Exception {
        assertThat(text(write(Shape.class, "", new Square(1, List.of(new Circle(2))))))
                .isEqualTo("{\"type\":\"Square\",\"side\":1.0,\"inside\":[{\"type\":\"Circle\",\"radius\":2.0}]}");
        assertThat(text(write(Circle.class, "", new Circle(2)))).isEqualTo("{\"radius\":2.0}");
    }

    @Test
    void writesTextAndBytesAsTheyAre() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocateDirect(4);

        assertThat(text(write(String.class, "", "grüß"))).isEqualTo("grüß");
        assertThat(write(ByteBuffer.class, "", bytes).bytes()).isSameAs(bytes);
        assertThat(write(byte[].class, "", new byte[2]).mediaType()).isEqualTo("application/octet-stream");
    }

    @Test
    void handsASegmentOnTheHeapOverAndCopiesOneWhoseArenaMayClose() throws Exception {
        byte[] array = {1, 2, 3};
        Content onHeap = write(MemorySegment.class, "", MemorySegment.ofArray(array));
        Content outside;
        try (Arena arena = Arena.ofConfined()) {
            outside = write(MemorySegment.class, "", arena.allocateFrom(ValueLayout.JAVA_BYTE, array));
        }

        assertThat(onHeap.bytes().array()).isSameAs(array);
        assertThat(outside.bytes()).isEqualTo(ByteBuffer.wrap(array));
    }

    @Test
    void copiesAnInputStreamAndClosesIt() throws Exception {
        var closed = new AtomicBoolean();
        var in = new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8)) {
            @Override
            public void close() {
                closed.set(true);
            }
        };

        assertThat(text(write(InputStream.class, "text/csv", in))).isEqualTo("abc");
        assertThat(closed).isTrue();
    }

    @Test
    void writesStreamsAsLinesAndClosesThem() throws Exception {
        var closed = new AtomicBoolean();
        Stream<Output> outputs = Stream.of(new Output(1), new Output(2)).onClose(() -> closed.set(true));

        Content content = write(streamOf(Stream.class, Output.class), "", outputs);

        assertThat(text(content)).isEqualTo("{\"count\":1}\n{\"count\":2}\n");
        assertThat(content.mediaType()).isEqualTo("application/x-ndjson");
        assertThat(closed).isTrue();
    }

    @Test
    void writesStreamsAsOneArrayWhereTheTaskProducesJson() throws Exception {
        Type shapes = streamOf(Iterator.class, Shape.class);

        assertThat(text(write(shapes, "application/json", List.of(new Circle(1)).iterator())))
                .isEqualTo("[{\"type\":\"Circle\",\"radius\":1.0}]");
        assertThat(text(write(shapes, "application/json", List.of().iterator())))
                .isEqualTo("[]");
    }

    @Test
    void sendsEachValueAtOnceWhileTheReceiverKeepsUp() throws Exception {
        var flushed = new ArrayList<String>();
        var pending = new StringBuilder();
        var receiver = new ResultStream() {
            @Override
            public boolean isIdle() {
                return true;
            }

            @Override
            public Content finish() {
                return null;
            }

            @Override
            public void flush() {
                if (!pending.isEmpty()) {
                    flushed.add(pending.toString());
                    pending.setLength(0);
                }
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                pending.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
            }
        };

        Content content = OutputWriter.of(json.constructType(streamOf(Stream.class, Integer.class)), "", json)
                .write(Stream.of(1, 2, 3), mediaType -> receiver);

        assertThat(content).as("it was sent").isNull();
        assertThat(flushed).containsExactly("1\n", "2\n", "3\n");
    }

    @Test
    void letsTheTaskWriteItself() throws Exception {
        Content content = write(
                ContentStream.class,
                "",
                new ContentStream("text/csv", out -> out.write("a,b\n".getBytes(StandardCharsets.UTF_8))));

        assertThat(text(content)).isEqualTo("a,b\n");
        assertThat(content.mediaType()).isEqualTo("text/csv");
    }

    @Test
    void boundsWhatIsGathered() {
        assertThatThrownBy(() -> write(InputStream.class, "", new ByteArrayInputStream(new byte[65])))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("over 64 bytes");
    }

    @Test
    void takesTheMediaTypeFromTheTask() throws Exception {
        assertThat(write(byte[].class, "image/png", new byte[2]).mediaType()).isEqualTo("image/png");
    }

    @Test
    void refusesAMediaTypeThatWouldBecomeHeaders() {
        String breaking = "text/plain\r\nSet-Cookie: a=b";

        for (Object output : List.of(
                new Content(breaking, ByteBuffer.allocate(0)), new ContentStream(breaking, out -> out.write(1)))) {
            assertThatThrownBy(() -> write(output.getClass(), "", output)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> write(byte[].class, breaking, new byte[1]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
