import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Photo-sized pictures made small by the pool: bytes in, bytes out. */
final class Thumbnails {

    private static final int LONGER_SIDE = 256;

    /**
     * How it went.
     *
     * @param folder where the small pictures are
     * @param lost photos that got no answer, or a wrong one
     */
    record Result(Path folder, int lost) {}

    private final Pool pool;
    private final Ledger ledger;
    private final Options options;

    Thumbnails(Pool pool, Ledger ledger, Options options) {
        this.pool = pool;
        this.ledger = ledger;
        this.options = options;
    }

    Result run() throws Exception {
        System.out.printf("%nthumbnails: %d photos of %d × %d%n", options.photos(), Photo.WIDTH, Photo.HEIGHT);
        byte[][] photos = photos();
        Path folder = Files.createDirectories(options.out().resolve("thumbnails"));
        AtomicInteger lost = new AtomicInteger();
        AtomicLong bytes = new AtomicLong();
        try (Progress progress = new Progress("photos", photos.length, pool)) {
            Lanes.run(options.connections(), photos.length, number -> {
                try {
                    byte[] small = thumbnail(photos[number]);
                    bytes.addAndGet(small.length);
                    Files.write(folder.resolve("photo-%02d.jpg".formatted(number + 1)), small);
                } catch (LostException e) {
                    lost.incrementAndGet();
                    System.out.printf("  photo %d is lost: %s%n", number + 1, e.getMessage());
                }
                progress.step();
            });
            System.out.printf(
                    "  %d thumbnails, %d KB in all, in %.1f s%n",
                    photos.length - lost.get(), bytes.get() / 1_000, progress.seconds());
        }
        return new Result(folder, lost.get());
    }

    private byte[][] photos() throws Exception {
        byte[][] photos = new byte[options.photos()][];
        try (Progress progress = new Progress("photos painted here", photos.length, pool)) {
            Lanes.run(Runtime.getRuntime().availableProcessors(), photos.length, number -> {
                photos[number] = new Photo(number).jpeg();
                progress.step();
            });
            long bytes = 0;
            for (byte[] photo : photos) {
                bytes += photo.length;
            }
            System.out.printf("  painted here in %.1f s, %.1f MB in all%n", progress.seconds(), bytes / 1e6);
        }
        return photos;
    }

    private byte[] thumbnail(byte[] photo) throws LostException, InterruptedException {
        Answer answer = pool.call("thumbnail?size=" + LONGER_SIDE, "image/jpeg", photo);
        BufferedImage small = answer.image();
        if (Math.max(small.getWidth(), small.getHeight()) != LONGER_SIDE) {
            throw new LostException("the answer is %d × %d pixels, not %d at its longer side"
                    .formatted(small.getWidth(), small.getHeight(), LONGER_SIDE));
        }
        ledger.add("thumbnail", answer);
        return answer.body();
    }
}
