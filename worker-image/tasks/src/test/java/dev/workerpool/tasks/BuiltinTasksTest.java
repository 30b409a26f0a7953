package dev.workerpool.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.task.Content;
import dev.workerpool.task.InvalidInputException;
import dev.workerpool.task.Task;
import dev.workerpool.task.test.TaskAnswer.FieldError;
import dev.workerpool.task.test.TaskTester;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ServiceLoader;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltinTasksTest {
    private static <I, O> O run(Class<? extends Task<I, O>> task, I input) throws Exception {
        try (var tester = TaskTester.of(task)) {
            return tester.run(input);
        }
    }

    /** With a query parameter, where its name is not empty. */
    private static byte[] thumbnail(byte[] picture, String parameter, String value) throws Exception {
        try (var tester = TaskTester.of(Thumbnail.class)) {
            return tester.parameter(parameter, value).run(picture);
        }
    }

    private static BufferedImage image(byte[] bytes) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(bytes));
    }

    private static byte[] picture(int width, int height, int type, String format) throws IOException {
        var image = new BufferedImage(width, height, type);
        var graphics = image.createGraphics();
        graphics.setColor(Color.RED);
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        var bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    private static Mandelbrot.Input tile(int x, int y, int size) {
        return new Mandelbrot.Input(64, 64, x, y, size, size, null, null, null, 50);
    }

    @Test
    void areAllListedForTheServiceLoader() {
        assertThat(ServiceLoader.load(Task.class)).hasSize(6);
    }

    @Test
    void echoGivesBackItsInput() throws Exception {
        var input = new Content("a/b", ByteBuffer.allocate(3));

        assertThat(run(Echo.class, input)).isSameAs(input);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "2,1", "3,2", "100,25", "2000,303", "12000,1438"})
    void primesCountsThem(int n, int count) throws Exception {
        assertThat(run(Primes.class, new Primes.Input(n)).count()).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "2,1", "27,196418"})
    void fibonacciIsRight(int n, long value) throws Exception {
        assertThat(run(Fibonacci.class, new Fibonacci.Input(n)).value()).isEqualTo(value);
    }

    @Test
    void pbkdf2GivesTheKeyOfTheStandardsTestVector() throws Exception {
        // RFC 7914, section 11.
        var input = new Pbkdf2.Input("passwd", "salt", 1, 64);

        assertThat(run(Pbkdf2.class, input).key())
                .isEqualTo("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                        + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
    }

    @Test
    void mandelbrotPaintsTilesThatMakeUpThePicture() throws Exception {
        BufferedImage whole = image(run(Mandelbrot.class, tile(0, 0, 64)));
        BufferedImage part = image(run(Mandelbrot.class, tile(32, 16, 32)));

        assertThat(part.getWidth()).isEqualTo(32);
        for (int y = 0; y < 32; y++) {
            for (int x = 0; x < 32; x++) {
                assertThat(part.getRGB(x, y)).isEqualTo(whole.getRGB(32 + x, 16 + y));
            }
        }
        assertThat(whole.getRGB(0, 0)).as("outside of the set").isNotEqualTo(whole.getRGB(32, 32));
    }

    @ParameterizedTest
    @CsvSource({"400,300,3,jpg,100,75", "300,400,6,png,75,100", "40,30,1,png,40,30", "4000,10,1,png,100,1"})
    void thumbnailFitsTheSizeAndKeepsTheProportions(
            int width, int height, int type, String format, int thumbnailWidth, int thumbnailHeight) throws Exception {
        BufferedImage thumbnail = image(thumbnail(
                picture(width, height, type == 3 ? BufferedImage.TYPE_INT_RGB : type, format), "size", "100"));

        assertThat(thumbnail.getWidth()).isEqualTo(thumbnailWidth);
        assertThat(thumbnail.getHeight()).isEqualTo(thumbnailHeight);
    }

    @Test
    void thumbnailPutsTransparencyOnWhite() throws Exception {
        var transparent = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(10, 10, BufferedImage.TYPE_INT_ARGB), "png", transparent);

        int pixel = image(run(Thumbnail.class, transparent.toByteArray())).getRGB(5, 5);

        assertThat(new Color(pixel)).isEqualTo(Color.WHITE);
    }

    @Test
    void thumbnailTakesItsSizeFromThePoolsConfigUnlessTheCallSaysOtherwise() throws Exception {
        byte[] picture = picture(400, 400, BufferedImage.TYPE_INT_RGB, "jpg");
        try (var tester = TaskTester.of(Thumbnail.class).config("thumbnail.size", "50")) {
            assertThat(image(tester.run(picture)).getWidth()).isEqualTo(50);
            assertThat(image(tester.parameter("size", "20").run(picture)).getWidth())
                    .isEqualTo(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "4097", "-1", "big", ""})
    void thumbnailRefusesASizeThatIsNone(String size) throws Exception {
        assertThatThrownBy(() -> thumbnail(new byte[0], "size", size))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("size: must be ");
    }

    @Test
    void thumbnailRefusesWhatIsNoImage() throws Exception {
        byte[] cut = java.util.Arrays.copyOf(picture(100, 100, BufferedImage.TYPE_INT_RGB, "png"), 60);

        for (byte[] bytes : new byte[][] {{}, {1, 2, 3}, cut}) {
            assertThatThrownBy(() -> run(Thumbnail.class, bytes))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("body: must be a JPEG or PNG image");
        }
    }

    @Test
    void primesStopsWhenNobodyWaitsAnyMore() throws Exception {
        try (var tester = TaskTester.of(Primes.class).cancelAtCheck(10)) {
            assertThat(tester.run(new Primes.Input(50_000_000)).count()).isEqualTo(10);
        }
    }

    @Test
    void travelAsTheReadmeSays() {
        try (var tester = TaskTester.of(Primes.class)) {
            assertThat(tester.call("{\"n\":2000}").text()).isEqualTo("{\"count\":303}");
            assertThat(tester.call("{\"n\":-1}").errors())
                    .containsExactly(new FieldError("n", "must be between 0 and 50000000"));
        }
        try (var tester = TaskTester.of(Mandelbrot.class)) {
            assertThat(tester.call("{\"width\":8,\"height\":8}").mediaType()).isEqualTo("image/png");
        }
        try (var tester = TaskTester.of(Echo.class)) {
            assertThat(tester.call(new Content("a/b", ByteBuffer.allocate(3))).mediaType())
                    .isEqualTo("a/b");
        }
    }

    @Test
    void inputsAreBounded() {
        refuses("n", () -> new Primes.Input(-1));
        refuses("n", () -> new Primes.Input(50_000_001));
        refuses("n", () -> new Fibonacci.Input(51));
        refuses("password", () -> new Pbkdf2.Input("", "s", 1, 1));
        refuses("salt", () -> new Pbkdf2.Input("p", null, 1, 1));
        refuses("iterations", () -> new Pbkdf2.Input("p", "s", 0, 1));
        refuses("keyLength", () -> new Pbkdf2.Input("p", "s", 1, 513));
        refuses("x", () -> tile(64, 0, 1));
        refuses("tileWidth", () -> tile(60, 0, 5));
        refuses("tileHeight", () -> tile(0, 60, 5));
        refuses("tileHeight", () -> new Mandelbrot.Input(65_536, 65_536, 0, 0, 65_536, 257, null, null, null, null));
        refuses("scale", () -> new Mandelbrot.Input(null, null, null, null, null, null, null, null, Double.NaN, null));
        refuses("maxIterations", () -> new Mandelbrot.Input(null, null, null, null, null, null, null, null, null, 0));
    }

    private static void refuses(String field, Runnable input) {
        assertThatThrownBy(input::run)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(field + ": must ");
    }
}
