import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Puts square tiles, in whatever order they come, together into one square picture on disk. A band of tiles is written
 * as soon as it and all above it are complete, by a thread of its own, so that nobody waits for compression. Safe for
 * any number of threads.
 */
final class Mosaic implements Closeable {

    private final PngFile file;
    private final int size;
    private final int tile;
    private final int[][] bands;
    private final int[] missing;
    private int written;
    private final ExecutorService writer = Executors.newSingleThreadExecutor();
    private final List<Future<?>> writes = new ArrayList<>();

    Mosaic(Path path, int size, int tile) throws IOException {
        this.file = new PngFile(path, size, size);
        this.size = size;
        this.tile = tile;
        this.bands = new int[size / tile][];
        this.missing = new int[size / tile];
        Arrays.fill(missing, size / tile);
    }

    /** Tiles are numbered from the left to the right, from the top to the bottom. */
    synchronized void place(int number, int[] rgb) {
        int[] band = band(number);
        int x = number % missing.length * tile;
        for (int row = 0; row < tile; row++) {
            System.arraycopy(rgb, row * tile, band, row * size + x, tile);
        }
        complete(number);
    }

    /** A tile that is not to be had stays black. */
    synchronized void leaveOut(int number) {
        band(number);
        complete(number);
    }

    private int[] band(int number) {
        int index = number / missing.length;
        if (bands[index] == null) {
            bands[index] = new int[size * tile];
        }
        return bands[index];
    }

    private void complete(int number) {
        missing[number / missing.length]--;
        while (written < bands.length && missing[written] == 0) {
            int[] band = bands[written];
            bands[written++] = null;
            writes.add(writer.submit(() -> {
                for (int row = 0; row < tile; row++) {
                    file.writeRow(band, row * size);
                }
                return null;
            }));
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
        try (file) {
            for (Future<?> write : writes) {
                write.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(
                    "the picture could not be written: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the picture was written", e);
        }
    }
}
