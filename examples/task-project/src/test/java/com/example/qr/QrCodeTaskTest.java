package com.example.qr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.workerpool.task.Content;
import dev.workerpool.task.InvalidInputException;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.Optional;
import java.util.ServiceLoader;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QrCodeTaskTest {

    private static final int BLACK = 0xff000000;
    private static final int WHITE = 0xffffffff;

    private final QrCodeTask task = new QrCodeTask();

    @Test
    void drawsACodeWithItsQuietZoneAndItsCornerMark() throws IOException {
        BufferedImage image = run(new QrCodeTask.Input("hello", 1), Map.of());

        assertEquals(21 + 2 * 4, image.getWidth());
        assertEquals(21 + 2 * 4, image.getHeight());
        assertEquals(WHITE, image.getRGB(3, 3));
        assertEquals(BLACK, image.getRGB(4, 4));
        assertEquals(WHITE, image.getRGB(5, 5));
    }

    @Test
    void takesTheScaleFromThePoolWhenTheCallHasNone() throws IOException {
        assertEquals(
                3 * 29,
                run(new QrCodeTask.Input("hello", null), Map.of("qr-code.scale", "3"))
                        .getWidth());
        assertEquals(8 * 29, run(new QrCodeTask.Input("hello", null), Map.of()).getWidth());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65})
    void refusesAScaleOutOfBounds(int scale) {
        InvalidInputException refused =
                assertThrows(InvalidInputException.class, () -> new QrCodeTask.Input("hello", scale));
        assertEquals("scale", refused.field());
    }

    @Test
    void refusesNoText() {
        assertEquals(
                "text",
                assertThrows(InvalidInputException.class, () -> new QrCodeTask.Input("", null))
                        .field());
        assertEquals(
                "text",
                assertThrows(InvalidInputException.class, () -> new QrCodeTask.Input(null, null))
                        .field());
    }

    @Test
    void isFoundTheWayTheWorkerLooksForIt() {
        assertInstanceOf(
                QrCodeTask.class, ServiceLoader.load(Task.class).findFirst().orElseThrow());
    }

    private BufferedImage run(QrCodeTask.Input input, Map<String, String> config) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(task.run(input, new Context(config))));
    }

    private record Context(Map<String, String> config) implements TaskContext {

        @Override
        public void onConfigChange(Consumer<Map<String, String>> listener) {}

        @Override
        public String runId() {
            return "run-1";
        }

        @Override
        public String replica() {
            return "replica-1";
        }

        @Override
        public int thread() {
            return 1;
        }

        @Override
        public Duration waitTime() {
            return Duration.ZERO;
        }

        @Override
        public Map<String, String> parameters() {
            return Map.of();
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public <T> T shared(String name, Callable<? extends T> maker) throws Exception {
            return maker.call();
        }

        @Override
        public MemorySegment sharedMemory(String name, long bytes) {
            return Arena.ofAuto().allocate(bytes);
        }

        @Override
        public void emit(Object message) {}

        @Override
        public Optional<Content> receive(Duration patience) {
            return Optional.empty();
        }

        @Override
        public <M> Optional<M> receive(Class<M> type, Duration patience) {
            return Optional.empty();
        }
    }
}
