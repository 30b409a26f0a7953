import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the caller asked for.
 *
 * @param url where the pool's Service answers
 * @param out the folder for pictures
 * @param size width and height of the picture, in pixels
 * @param connections requests under way at a time
 * @param photos how many photos are made small
 * @param patience how long one task is tried again while a worker is away
 * @param atHalf a shell command to run when half of the picture is done; may be empty
 */
record Options(URI url, Path out, int size, int connections, int photos, Duration patience, String atHalf) {

    static final String HELP = """
        Usage: java examples/demo/Demo.java [option …]
          --url URL          the pool's Service          (http://127.0.0.1:8000)
          --out DIR          folder for the pictures     (out)
          --size N           side of the picture: 1024, 2048, 4096, 8192 or 16384 pixels   (4096)
          --connections N    requests under way at once, 1 to 256                             (16)
          --photos N         photos to make small, 1 to 100                                   (12)
          --patience N       seconds one task is tried again while a worker is away           (60)
          --at-half COMMAND  shell command to run once half of the picture is done, for instance one
                             that kills a worker; its failure is the demo's failure
          --help             this page

        Writes DIR/mandelbrot.png and DIR/thumbnails/*.jpg. Exit code: 0, nothing was lost; 1, something was, or the
        pool does not answer; 2, a wrong option.\
        """;

    /** Thrown for an option we do not know, or a value that breaks its rule; the message names both. */
    static final class WrongOptionException extends Exception {

        private static final long serialVersionUID = 1;

        WrongOptionException(String message) {
            super(message);
        }
    }

    private static final Map<String, String> DEFAULTS = Map.of(
            "--url", "http://127.0.0.1:8000",
            "--out", "out",
            "--size", "4096",
            "--connections", "16",
            "--photos", "12",
            "--patience", "60",
            "--at-half", "");

    /** Null when only help was asked for. */
    static Options parse(String[] arguments) throws WrongOptionException {
        Map<String, String> values = new HashMap<>(DEFAULTS);
        for (int i = 0; i < arguments.length; i += 2) {
            String name = arguments[i];
            if (name.equals("--help")) {
                return null;
            }
            if (!DEFAULTS.containsKey(name)) {
                throw new WrongOptionException(name + " is not an option");
            }
            if (i + 1 == arguments.length) {
                throw new WrongOptionException(name + " needs a value");
            }
            values.put(name, arguments[i + 1]);
        }
        return new Options(
                address(values.get("--url")),
                Path.of(values.get("--out")),
                side(values.get("--size")),
                number("--connections", values, 256),
                number("--photos", values, 100),
                Duration.ofSeconds(number("--patience", values, 3600)),
                values.get("--at-half"));
    }

    private static URI address(String value) throws WrongOptionException {
        if (!value.matches("https?://[^/?#\\s]+/?")) {
            throw new WrongOptionException("--url must be like http://HOST:PORT, not " + value);
        }
        return URI.create(value);
    }

    private static int side(String value) throws WrongOptionException {
        if (!List.of("1024", "2048", "4096", "8192", "16384").contains(value)) {
            throw new WrongOptionException("--size must be 1024, 2048, 4096, 8192 or 16384, not " + value);
        }
        return Integer.parseInt(value);
    }

    private static int number(String name, Map<String, String> values, int max) throws WrongOptionException {
        String value = values.get(name);
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below, with the rule.
        }
        throw new WrongOptionException(name + " must be a whole number from 1 to " + max + ", not " + value);
    }
}
