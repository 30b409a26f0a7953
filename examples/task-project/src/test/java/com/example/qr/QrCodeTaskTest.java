package com.example.qr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.workerpool.task.Task;
import dev.workerpool.task.test.TaskAnswer;
import dev.workerpool.task.test.TaskAnswer.FieldError;
import dev.workerpool.task.test.TaskTester;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both ways to run a task in a test: with its input, and with the JSON that a caller posts. */
class QrCodeTaskTest {

    private static final int BLACK = 0xff000000;
    private static final int WHITE = 0xffffffff;

    private final TaskTester<QrCodeTask.Input, byte[]> tester = TaskTester.of(QrCodeTask.class);

    @AfterEach
    void close() {
        tester.close();
    }

    @Test
    void drawsACodeWithItsQuietZoneAndItsCornerMark() throws Exception {
        BufferedImage image = image(tester.run(new QrCodeTask.Input("hello", 1)));

        assertEquals(21 + 2 * 4, image.getWidth());
        assertEquals(21 + 2 * 4, image.getHeight());
        assertEquals(WHITE, image.getRGB(3, 3));
        assertEquals(BLACK, image.getRGB(4, 4));
        assertEquals(WHITE, image.getRGB(5, 5));
    }

    @Test
    void answersAPostOfJsonWithAPicture() throws Exception {
        TaskAnswer answer = tester.call("{\"text\":\"hello\",\"scale\":2}");

        assertEquals(200, answer.status());
        assertEquals("image/png", answer.mediaType());
        assertEquals(2 * 29, image(answer.bytes()).getWidth());
    }

    @Test
    void takesTheScaleFromThePoolWhenTheCallHasNone() throws Exception {
        var input = new QrCodeTask.Input("hello", null);

        assertEquals(8 * 29, image(tester.run(input)).getWidth());
        assertEquals(3 * 29, image(tester.config("qr-code.scale", "3").run(input)).getWidth());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"text\":\"hello\",\"scale\":0}  | scale | must be between 1 and 64 pixels",
                "{\"text\":\"hello\",\"scale\":65} | scale | must be between 1 and 64 pixels",
                "{\"text\":\"\"}                   | text  | must have 1 to 1000 characters",
                "{}                                | text  | must have 1 to 1000 characters",
                "{\"text\":\"hello\",\"size\":1}   | size  | is unknown; known are scale, text",
            })
    void refusesWhatBreaksARuleAndNamesTheField(String body, String field, String rule) {
        TaskAnswer answer = tester.call(body);

        assertEquals(400, answer.status());
        assertEquals(List.of(new FieldError(field, rule)), answer.errors());
    }

    @Test
    void isFoundTheWayTheWorkerLooksForIt() {
        assertInstanceOf(
                QrCodeTask.class, ServiceLoader.load(Task.class).findFirst().orElseThrow());
    }

    private static BufferedImage image(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }
}
