package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every built-in task, through the Service, with an answer that is known from elsewhere. */
@ClusterTest
class BuiltInTasksE2E {
    private final TestNamespace namespace;
    private Pool pool;

    BuiltInTasksE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool("built-in").apply("threads: 2").awaitSettled();
    }

    @Test
    void areListedWithTheirInput() {
        assertThat(pool.send(Http.Request.get("/tasks")).body())
                .contains("echo", "primes", "fibonacci", "pbkdf2", "mandelbrot", "thumbnail");
    }

    @Test
    void echoGivesBackEveryByteAndItsType() {
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        Http.Request request = Http.Request.bytes("/tasks/echo", "application/x-anything", bytes);
        assertThat(pool.sendAtOnce(12, request)).allSatisfy(answer -> {
            assertThat(answer.header("Content-Type")).isEqualTo("application/x-anything");
            assertThat(answer.bytes()).isEqualTo(bytes);
        });
    }

    @Test
    void primes() {
        assertThat(pool.run("primes", "{\"n\":100000}").body()).isEqualTo("{\"count\":9592}");
    }

    @Test
    void fibonacci() {
        assertThat(pool.run("fibonacci", "{\"n\":27}").body()).isEqualTo("{\"value\":196418}");
    }

    @Test
    void pbkdf2() {
        String input = "{\"password\":\"password\",\"salt\":\"salt\",\"iterations\":4096,\"keyLength\":32}";
        assertThat(pool.run("pbkdf2", input).body())
                .isEqualTo("{\"key\":\"c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a\"}");
    }

    @Test
    void mandelbrotDrawsOneTileOfTheWholePicture() throws IOException {
        Http.Answer answer = pool.run("mandelbrot", """
                {"width":1024,"height":1024,"x":256,"y":384,"tileWidth":256,"tileHeight":256,
                 "centerX":-0.5,"centerY":0,"scale":3.0,"maxIterations":200}""");
        assertThat(answer.header("Content-Type")).isEqualTo("image/png");
        BufferedImage tile = ImageIO.read(new ByteArrayInputStream(answer.bytes()));
        assertThat(tile.getWidth()).isEqualTo(256);
        assertThat(tile.getHeight()).isEqualTo(256);
        // The middle of this tile, (384, 512), is the point -0.875, inside the set; its corner (256, 384) is outside.
        assertThat(tile.getRGB(128, 128)).isNotEqualTo(tile.getRGB(0, 0));
    }

    @Test
    void thumbnailKeepsTheProportions() throws IOException {
        ByteArrayOutputStream photo = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(1600, 1200, BufferedImage.TYPE_INT_RGB), "jpeg", photo);
        Http.Answer answer =
                pool.send(Http.Request.bytes("/tasks/thumbnail?size=200", "image/jpeg", photo.toByteArray()));
        assertThat(answer.header("Content-Type")).isEqualTo("image/jpeg");
        BufferedImage thumbnail = ImageIO.read(new ByteArrayInputStream(answer.bytes()));
        assertThat(thumbnail.getWidth()).isEqualTo(200);
        assertThat(thumbnail.getHeight()).isEqualTo(150);
    }
}
