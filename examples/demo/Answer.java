import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/**
 * What a task returned, and what the worker says about the run.
 *
 * @param body the result
 * @param replica the pod that ran it
 * @param thread the thread in that pod
 * @param waitMillis time spent queued
 * @param runMillis time spent on the thread
 */
record Answer(byte[] body, String replica, String thread, double waitMillis, double runMillis) {

    private static final Pattern WAIT = Pattern.compile("\\bwait;dur=([0-9.]+)");
    private static final Pattern RUN = Pattern.compile("\\brun;dur=([0-9.]+)");

    static {
        ImageIO.setUseCache(false); // in memory: pictures are small here
    }

    static Answer of(HttpResponse<byte[]> response) {
        String timing = header(response, "Server-Timing");
        return new Answer(
                response.body(),
                header(response, "Workerpool-Replica"),
                header(response, "Workerpool-Thread"),
                millis(WAIT, timing),
                millis(RUN, timing));
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The result as a picture; lost when it is none, since half a picture is no better than no answer. */
    BufferedImage image() throws LostException {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(body));
            if (image != null) {
                return image;
            }
        } catch (IOException broken) {
            // Said below.
        }
        throw new LostException("the answer is no picture");
    }

    private static String header(HttpResponse<byte[]> response, String name) {
        return response.headers().firstValue(name).orElse("?");
    }

    private static double millis(Pattern metric, String timing) {
        Matcher matcher = metric.matcher(timing);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }
}
