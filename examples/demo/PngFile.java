import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * An RGB picture written to disk row by row, so that a picture of any size needs little memory. ImageIO could do it
 * only with the whole picture in memory.
 */
final class PngFile implements Closeable {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int CHUNK = 1 << 16;
    /** Each byte as the difference to the one of the pixel on the left: flat areas become zeros. */
    private static final byte FILTER_SUB = 1;

    private final DataOutputStream file;
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    private final OutputStream pixels;
    private final byte[] row;

    PngFile(Path path, int width, int height) throws IOException {
        file = new DataOutputStream(Files.newOutputStream(path));
        file.write(SIGNATURE);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[] {8, 2, 0, 0, 0}); // 8 bits, RGB, the only compression and filter method, not interlaced
        chunk("IHDR", header.toByteArray(), header.size());
        pixels = new DeflaterOutputStream(new DataChunks(), deflater, CHUNK);
        row = new byte[1 + 3 * width];
        row[0] = FILTER_SUB;
    }

    /** Appends a row; {@code rgb} has a pixel at each index, as 0xRRGGBB. */
    void writeRow(int[] rgb, int from) throws IOException {
        int before = 0;
        for (int i = 0, at = 1; at < row.length; i++, at += 3) {
            int pixel = rgb[from + i];
            row[at] = (byte) ((pixel >> 16) - (before >> 16));
            row[at + 1] = (byte) ((pixel >> 8) - (before >> 8));
            row[at + 2] = (byte) (pixel - before);
            before = pixel;
        }
        pixels.write(row);
    }

    @Override
    public void close() throws IOException {
        try (file) {
            pixels.close();
            chunk("IEND", new byte[0], 0);
        } finally {
            deflater.end();
        }
    }

    private void chunk(String type, byte[] data, int length) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 checksum = new CRC32();
        checksum.update(name);
        checksum.update(data, 0, length);
        file.writeInt(length);
        file.write(name);
        file.write(data, 0, length);
        file.writeInt((int) checksum.getValue());
    }

    /** Wraps what the deflater gives out into IDAT chunks; it gives out at most its buffer at a time. */
    private final class DataChunks extends OutputStream {

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            if (offset != 0) {
                throw new IllegalArgumentException("the deflater writes its buffer from the start");
            }
            chunk("IDAT", data, length);
        }
    }
}
