import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** A made-up landscape with the size and the grain of a photo, always the same one for the same number. */
final class Photo {

    static final int WIDTH = 4000;
    static final int HEIGHT = 3000;

    private static final int RIDGES = 5;

    private final Random random;
    private int noise;

    Photo(int number) {
        random = new Random(number);
        noise = 2 * number + 1;
    }

    byte[] jpeg() throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        paint(((DataBufferInt) image.getRaster().getDataBuffer()).getData());
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", jpeg);
        return jpeg.toByteArray();
    }

    private void paint(int[] rgb) {
        int dusk = random.nextInt(120);
        int sunX = random.nextInt(WIDTH);
        int sunY = HEIGHT / 8 + random.nextInt(HEIGHT / 4);
        int[][] ridges = new int[RIDGES][];
        for (int i = 0; i < RIDGES; i++) {
            ridges[i] = ridge(HEIGHT * (i + 4) / (RIDGES + 5));
        }
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int layer = 0;
                while (layer < RIDGES && y > ridges[layer][x]) {
                    layer++;
                }
                rgb[y * WIDTH + x] = layer == 0 ? sky(x - sunX, y - sunY, y, dusk) : land(layer, dusk);
            }
        }
    }

    /** The height of a row of hills for every column: waves of halving length and height. */
    private int[] ridge(int middle) {
        double[] shift = random.doubles(6, 0, 2 * Math.PI).toArray();
        int[] heights = new int[WIDTH];
        for (int x = 0; x < WIDTH; x++) {
            double height = 0;
            for (int octave = 0; octave < shift.length; octave++) {
                height += Math.sin((x << octave) * 2 * Math.PI / WIDTH + shift[octave]) / (1 << octave);
            }
            heights[x] = middle + (int) (height * HEIGHT / 24);
        }
        return heights;
    }

    private int sky(int fromSunX, int fromSunY, int y, int dusk) {
        double distance = Math.sqrt((double) fromSunX * fromSunX + (double) fromSunY * fromSunY);
        int glow = (int) Math.max(0, 130 - distance / 8) + (distance < HEIGHT / 20.0 ? 90 : 0);
        int low = 90 * y / HEIGHT;
        return grained(60 + dusk + low + glow, 110 + dusk / 3 + low + glow * 3 / 4, 190 - dusk / 2 + glow / 3);
    }

    private int land(int layer, int dusk) {
        int depth = RIDGES - layer;
        return grained(30 + depth * 22 + dusk / 6, 60 + depth * 20, 40 + depth * 28 + dusk / 4);
    }

    /** Film grain: a few levels of noise, the same in each colour. */
    private int grained(int red, int green, int blue) {
        noise ^= noise << 13;
        noise ^= noise >>> 17;
        noise ^= noise << 5;
        int grain = (noise & 15) - 8;
        return clamp(red + grain) << 16 | clamp(green + grain) << 8 | clamp(blue + grain);
    }

    private static int clamp(int level) {
        return Math.clamp(level, 0, 255);
    }
}
