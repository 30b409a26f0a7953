package com.example.qr;

import dev.workerpool.task.InvalidInputException;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;
import io.nayuki.qrcodegen.QrCode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * Text in, QR code out: {@code {"text":"https://example.com","scale":8}} becomes a PNG. Without a scale, the pool's
 * {@code spec.config} decides with {@code qr-code.scale}.
 */
@TaskType(value = "qr-code", produces = "image/png")
public final class QrCodeTask implements Task<QrCodeTask.Input, byte[]> {

    /** The quiet zone around a code, in modules, as the standard asks for. */
    private static final int BORDER = 4;

    private static final String DEFAULT_SCALE = "8";

    static {
        ImageIO.setUseCache(false); // in memory: the pod's root file system is read-only
    }

    /** What breaks a rule here is answered with 400, naming the field. */
    public record Input(String text, Integer scale) {
        public Input {
            if (text == null || text.isEmpty() || text.length() > 1_000) {
                throw new InvalidInputException("text", "must have 1 to 1000 characters");
            }
            if (scale != null && (scale < 1 || scale > 64)) {
                throw new InvalidInputException("scale", "must be between 1 and 64 pixels");
            }
        }
    }

    @Override
    public byte[] run(Input input, TaskContext context) throws IOException {
        QrCode code = QrCode.encodeText(input.text(), QrCode.Ecc.LOW);
        return png(code, scale(input, context));
    }

    private static int scale(Input input, TaskContext context) {
        if (input.scale() != null) {
            return input.scale();
        }
        return Integer.parseInt(context.config().getOrDefault("qr-code.scale", DEFAULT_SCALE));
    }

    private static byte[] png(QrCode code, int scale) throws IOException {
        int side = (code.size + 2 * BORDER) * scale;
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_BINARY);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                boolean dark = code.getModule(x / scale - BORDER, y / scale - BORDER);
                image.setRGB(x, y, dark ? 0x000000 : 0xffffff);
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }
}
