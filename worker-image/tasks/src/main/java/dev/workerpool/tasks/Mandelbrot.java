package dev.workerpool.tasks;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;

/** Paints one tile of a picture of the Mandelbrot set, as a PNG. Tiles of one picture fit together. */
@TaskType(value = "mandelbrot", produces = "image/png")
public final class Mandelbrot implements Task<Mandelbrot.Input, byte[]> {
    private static final int MAX_TILE_PIXELS = 4096 * 4096;

    static {
        // The file cache would want a writable directory; tiles are small.
        ImageIO.setUseCache(false);
    }

    /**
     * The whole picture is {@code width} × {@code height} pixels and shows {@code scale} units of the plane from left to
     * right around the centre. The tile starts at pixel {@code x}, {@code y}.
     */
    public record Input(
            Integer width,
            Integer height,
            Integer x,
            Integer y,
            Integer tileWidth,
            Integer tileHeight,
            Double centerX,
            Double centerY,
            Double scale,
            Integer maxIterations) {
        public Input {
            width = Bounds.between("width", or(width, 1024), 1, 65_536);
            height = Bounds.between("height", or(height, 1024), 1, 65_536);
            x = Bounds.between("x", or(x, 0), 0, width - 1);
            y = Bounds.between("y", or(y, 0), 0, height - 1);
            tileWidth = Bounds.between("tileWidth", or(tileWidth, Math.min(256, width - x)), 1, width - x);
            tileHeight = Bounds.between(
                    "tileHeight",
                    or(tileHeight, Math.min(256, height - y)),
                    1,
                    Math.min(height - y, MAX_TILE_PIXELS / tileWidth));
            centerX = Bounds.between("centerX", or(centerX, -0.5), -4.0, 4.0);
            centerY = Bounds.between("centerY", or(centerY, 0.0), -4.0, 4.0);
            scale = Bounds.between("scale", or(scale, 3.0), 1e-13, 16.0);
            maxIterations = Bounds.between("maxIterations", or(maxIterations, 1000), 1, 1_000_000);
        }

        private static int or(Integer value, int otherwise) {
            return value == null ? otherwise : value;
        }

        private static double or(Double value, double otherwise) {
            return value == null ? otherwise : value;
        }
    }

    @Override
    public byte[] run(Input input, TaskContext context) throws IOException {
        var image = new BufferedImage(
                input.tileWidth(), input.tileHeight(), BufferedImage.TYPE_BYTE_INDEXED, Palette.COLORS);
        double step = input.scale() / input.width();
        double left = input.centerX() - input.scale() / 2;
        double top = input.centerY() - step * input.height() / 2;
        int[] row = new int[input.tileWidth()];
        for (int y = 0; y < input.tileHeight(); y++) {
            double cy = top + (input.y() + y + 0.5) * step;
            for (int x = 0; x < row.length; x++) {
                double cx = left + (input.x() + x + 0.5) * step;
                row[x] = Palette.index(iterations(cx, cy, input.maxIterations()), input.maxIterations());
            }
            image.getRaster().setPixels(0, y, row.length, 1, row);
            if (context.isCancelled()) {
                throw new CancellationException();
            }
        }
        var png = new ByteArrayOutputStream(row.length * input.tileHeight() / 4 + 1024);
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    private static int iterations(double cx, double cy, int max) {
        double x = 0;
        double y = 0;
        double x2 = 0;
        double y2 = 0;
        int n = 0;
        while (n < max && x2 + y2 <= 4) {
            y = 2 * x * y + cy;
            x = x2 - y2 + cx;
            x2 = x * x;
            y2 = y * y;
            n++;
        }
        return n;
    }

    /** 255 hues that repeat, and black for the set itself. */
    private static final class Palette {
        private static final int INSIDE = 255;
        static final IndexColorModel COLORS = colors();

        static int index(int iterations, int max) {
            return iterations >= max ? INSIDE : (int) (Math.sqrt(iterations) * 16) % INSIDE;
        }

        private static IndexColorModel colors() {
            byte[][] rgb = new byte[3][INSIDE + 1];
            for (int i = 0; i < INSIDE; i++) {
                double turn = 2 * Math.PI * i / INSIDE;
                for (int channel = 0; channel < 3; channel++) {
                    rgb[channel][i] = (byte) (127.5 - 127.5 * Math.cos(turn + channel * 0.9));
                }
            }
            return new IndexColorModel(8, INSIDE + 1, rgb[0], rgb[1], rgb[2]);
        }
    }
}
