import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A large picture of the Mandelbrot set, made in tiles by the whole pool, and the same one small by one thread. */
final class Picture {

    private static final int TILE = 256;
    /** The small picture has this fraction of the width and of the height, and so its square of the work. */
    private static final int SHRINK = 4;
    /** Where the needle points into the valley of the sea horses: detail, and enough to reckon in every tile. */
    private static final String VIEW = "\"centerX\":-0.7435,\"centerY\":0.1314,\"scale\":0.02,\"maxIterations\":3000";

    /**
     * How it went.
     *
     * @param file the picture
     * @param lost tiles that never came; they are black in the file
     * @param seconds from the first request to the last tile
     * @param oneThreadSeconds how long one thread alone would have taken
     * @param hookSucceeded false when the command to run at half failed
     */
    record Result(Path file, int lost, double seconds, double oneThreadSeconds, boolean hookSucceeded) {

        String speedUp(int threads) {
            return "%.2f (%.1f s on one thread, %.1f s on %d; this machine has %d processors)"
                    .formatted(
                            oneThreadSeconds / seconds,
                            oneThreadSeconds,
                            seconds,
                            threads,
                            Runtime.getRuntime().availableProcessors());
        }
    }

    private final Pool pool;
    private final Ledger ledger;
    private final Options options;

    Picture(Pool pool, Ledger ledger, Options options) {
        this.pool = pool;
        this.ledger = ledger;
        this.options = options;
    }

    Result run() throws Exception {
        double oneThread = onOneThread();
        return onAllThreads(oneThread);
    }

    /**
     * The same view with a sixteenth of the pixels, a tile at a time while the pool has nothing else to do. Its pixels
     * are spread evenly over those of the large picture, so on average each costs the same; and its tiles are as big,
     * so that it bears the same cost for each request.
     */
    private double onOneThread() throws Exception {
        int size = options.size() / SHRINK;
        int tiles = tiles(size);
        System.out.printf("%none thread: the picture at %d × %d, one tile at a time%n", size, size);
        Ledger unused = new Ledger();
        Lanes.run(options.connections(), tiles, number -> tile(size, number, unused)); // so that the code is compiled
        long started = System.nanoTime();
        Lanes.run(1, tiles, number -> tile(size, number, unused));
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf("  %d tiles in %.2f s, so %.1f s for the whole%n", tiles, seconds, seconds * SHRINK * SHRINK);
        return seconds * SHRINK * SHRINK;
    }

    private Result onAllThreads(double oneThreadSeconds) throws Exception {
        int size = options.size();
        int tiles = tiles(size);
        System.out.printf(
                "%nall threads: the picture at %d × %d, %d tiles over %d connections%n",
                size, size, tiles, options.connections());
        Path file = options.out().resolve("mandelbrot.png");
        AtomicInteger lost = new AtomicInteger();
        double seconds;
        try (AtHalf atHalf = new AtHalf(options.atHalf())) {
            try (Mosaic mosaic = new Mosaic(file, size, TILE);
                    Progress progress = new Progress("tiles", tiles, pool)) {
                Lanes.run(options.connections(), tiles, number -> {
                    try {
                        mosaic.place(number, tile(size, number, ledger));
                    } catch (LostException e) {
                        mosaic.leaveOut(number);
                        lost.incrementAndGet();
                        System.out.printf("  tile %d is lost: %s%n", number, e.getMessage());
                    }
                    if (progress.step() == tiles / 2) {
                        atHalf.start();
                    }
                });
                seconds = progress.seconds();
            }
            System.out.printf("  %d tiles in %.1f s%n", tiles - lost.get(), seconds);
            return new Result(file, lost.get(), seconds, oneThreadSeconds, atHalf.succeeded());
        }
    }

    private static int tiles(int size) {
        return (size / TILE) * (size / TILE);
    }

    /** The pixels of one tile, checked to be what was asked for. */
    private int[] tile(int size, int number, Ledger ledger) throws LostException, InterruptedException {
        int x = number % (size / TILE) * TILE;
        int y = number / (size / TILE) * TILE;
        Answer answer = pool.json(
                "mandelbrot",
                "{\"width\":%d,\"height\":%d,\"x\":%d,\"y\":%d,\"tileWidth\":%d,\"tileHeight\":%d,%s}"
                        .formatted(size, size, x, y, TILE, TILE, VIEW));
        BufferedImage image = answer.image();
        if (image.getWidth() != TILE || image.getHeight() != TILE) {
            throw new LostException("the answer is %d × %d pixels, not %d × %d"
                    .formatted(image.getWidth(), image.getHeight(), TILE, TILE));
        }
        ledger.add("mandelbrot", answer);
        return image.getRGB(0, 0, TILE, TILE, null, 0, TILE);
    }
}
