package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputWriterTest {
    private record Output(int count) {}

    private final JsonMapper json = TaskJson.mapper();

    private Content write(Class<?> type, String produces, Object output) throws IOException {
        return OutputWriter.of(json.constructType(type), produces, json).write(output);
    }

    private static String text(Content content) {
        return StandardCharsets.UTF_8.decode(content.bytes().duplicate()).toString();
    }

    @Test
    void writesRecordsAndCollectionsAsJson() throws IOException {
        assertThat(text(write(Output.class, "", new Output(3)))).isEqualTo("{\"count\":3}");
        assertThat(text(write(Object.class, "", List.of(1, "a")))).isEqualTo("[1,\"a\"]");
        assertThat(write(Output.class, "", new Output(3)).mediaType()).isEqualTo("application/json");
    }

    @Test
    void writesTextAndBytesAsTheyAre() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(4);

        assertThat(text(write(String.class, "", "grüß"))).isEqualTo("grüß");
        assertThat(write(ByteBuffer.class, "", bytes).bytes()).isSameAs(bytes);
        assertThat(write(byte[].class, "", new byte[2]).mediaType()).isEqualTo("application/octet-stream");
    }

    @Test
    void takesTheMediaTypeFromTheTask() throws IOException {
        assertThat(write(byte[].class, "image/png", new byte[2]).mediaType()).isEqualTo("image/png");
    }

    @Test
    void refusesAMediaTypeThatWouldBecomeHeaders() {
        var content = new Content("text/plain\r\nSet-Cookie: a=b", ByteBuffer.allocate(0));

        assertThatThrownBy(() -> write(Content.class, "", content)).isInstanceOf(IllegalArgumentException.class);
    }
}
