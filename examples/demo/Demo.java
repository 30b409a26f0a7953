import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;

/**
 * Real work for a WorkerPool, and an account of who did it: the classics, a picture of the Mandelbrot set in tiles, a
 * set of photos made small. Plain Java without dependencies, run from source: {@code java examples/demo/Demo.java}.
 * Exits with 0 when nothing was lost, 1 when something was, 2 when called wrongly.
 */
final class Demo {

    private final Options options;
    private final Pool pool;
    private final Ledger ledger = new Ledger();

    private Demo(Options options) {
        this.options = options;
        this.pool = new Pool(options.url(), options.patience());
    }

    static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Options options = null;
        try {
            options = Options.parse(arguments);
        } catch (Options.WrongOptionException wrong) {
            System.err.println("demo: " + wrong.getMessage() + "\n\n" + Options.HELP);
            System.exit(2);
        }
        if (options == null) {
            System.out.println(Options.HELP);
            return;
        }
        try {
            System.exit(new Demo(options).run() ? 0 : 1);
        } catch (LostException | IOException e) {
            System.err.println("demo: " + e.getMessage());
            System.exit(1);
        }
    }

    private boolean run() throws Exception {
        Files.createDirectories(options.out());
        pool.require("fibonacci", "primes", "mandelbrot", "thumbnail");

        new Classics(pool, ledger).run();
        Picture.Result picture = new Picture(pool, ledger, options).run();
        Thumbnails.Result thumbnails = new Thumbnails(pool, ledger, options).run();

        System.out.println("\nwho did what");
        System.out.print(ledger.table());
        System.out.println();
        System.out.printf("  picture         %s%n", picture.file());
        System.out.printf("  thumbnails      %s%n", thumbnails.folder());
        System.out.printf("  retries         %d%n", pool.retries());
        System.out.printf("  photos lost     %d%n", thumbnails.lost());
        System.out.printf("  tiles lost      %d%n", picture.lost());
        System.out.printf("  speed-up        %s%n", picture.speedUp(ledger.threads()));
        return picture.lost() == 0 && thumbnails.lost() == 0 && picture.hookSucceeded();
    }
}
