package dev.workerpool.tasks;

import dev.workerpool.task.InvalidInputException;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.IIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageInputStream;

/** Makes a JPEG that fits a square from a JPEG or PNG (or whatever else {@link ImageIO} reads). */
@TaskType(value = "thumbnail", produces = "image/jpeg")
public final class Thumbnail implements Task<byte[], byte[]> {
    /** Decoded at 4 bytes a pixel, this is what one thread may hold: 256 MiB would be 64 Mpx, phones make 12 to 50. */
    private static final long MAX_PIXELS = 64_000_000;

    static {
        ImageIO.setUseCache(false);
    }

    @Override
    public byte[] run(byte[] image, TaskContext context) throws IOException {
        int size = setting(context, "size", 256, 1, 4096);
        int quality = setting(context, "quality", 80, 1, 100);
        return jpeg(fit(read(image, size), size), quality / 100f);
    }

    /** The call's parameter wins over the pool's configuration, that over the default. */
    private static int setting(TaskContext context, String name, int otherwise, int min, int max) {
        String key = "thumbnail." + name;
        String parameter = context.parameters().get(name);
        String value = parameter != null ? parameter : context.config().get(key);
        if (value == null) {
            return otherwise;
        }
        try {
            return Bounds.between(name, Integer.parseInt(value), min, max);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(name, "must be a whole number between " + min + " and " + max);
        }
    }

    /** Skips pixels while decoding, down to twice the wanted size: a large photo never exists in full in memory. */
    private static BufferedImage read(byte[] image, int size) throws IOException {
        try (ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(image))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new InvalidInputException("body", "must be a JPEG or PNG image");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                if ((long) width * height > MAX_PIXELS) {
                    throw new InvalidInputException("body", "must have at most " + MAX_PIXELS + " pixels");
                }
                var param = reader.getDefaultReadParam();
                int skip = Math.max(1, Math.max(width, height) / (2 * size));
                param.setSourceSubsampling(skip, skip, 0, 0);
                return reader.read(0, param);
            } finally {
                reader.dispose();
            }
        } catch (IIOException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new InvalidInputException(
                    "body", "must be a JPEG or PNG image that can be decoded: " + e.getMessage());
        }
    }

    private static BufferedImage fit(BufferedImage image, int size) {
        double factor = Math.min(1.0, (double) size / Math.max(image.getWidth(), image.getHeight()));
        int width = Math.max(1, (int) Math.round(image.getWidth() * factor));
        int height = Math.max(1, (int) Math.round(image.getHeight() * factor));
        var fitted = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = fitted.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            // JPEG has no transparency.
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            graphics.drawImage(image, 0, 0, width, height, null);
        } finally {
            graphics.dispose();
        }
        return fitted;
    }

    private static byte[] jpeg(BufferedImage image, float quality) throws IOException {
        var bytes = new ByteArrayOutputStream(32 * 1024);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(quality);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
