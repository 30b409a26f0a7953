package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamWriterTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ArrayDeque<ByteBuffer> parts = new ArrayDeque<>();
    private final StreamedBody body = new StreamedBody() {
        @Override
        public ByteBuffer next() {
            return parts.poll();
        }

        @Override
        public ByteBuffer keepAlive() {
            return bytes(":\n\n");
        }
    };
    private final StreamWriter writer = writer(new Unsent(1 << 20));

    private StreamWriter writer(Unsent unsent) {
        return new StreamWriter(channel.pipeline().lastContext(), unsent.share(channel), body, true, last -> {});
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private String written() {
        var text = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            text.append(part.toString(StandardCharsets.US_ASCII));
            part.release();
        }
        return text.toString();
    }

    private static long after(Duration silence) {
        return System.nanoTime() + silence.toNanos();
    }

    @Test
    void saysSomethingWhenThereWasNothingToSayForLong() {
        parts.add(bytes("data"));
        writer.advance();
        assertThat(written()).isEqualTo("4\r\ndata\r\n");

        writer.keepAlive(after(HttpLimits.KEEP_ALIVE.dividedBy(2)));
        assertThat(written()).isEmpty();
        writer.keepAlive(after(HttpLimits.KEEP_ALIVE));
        assertThat(written()).isEqualTo("3\r\n:\n\n\r\n");
    }

    @Test
    void sendsSmallSlicesWhereMuchWaitsForOtherClients() {
        parts.add(ByteBuffer.allocate(1 << 20));
        writer(new Unsent(0)).advance();

        assertThat(channel.outboundMessages())
                .allSatisfy(part -> assertThat(((ByteBuf) part).readableBytes()).isLessThan(Unsent.SMALL + 100));
    }

    @Test
    void saysNothingMoreBehindTheEnd() {
        parts.add(StreamedBody.END);
        writer.advance();
        assertThat(written()).isEqualTo("0\r\n\r\n");

        writer.keepAlive(after(HttpLimits.KEEP_ALIVE));
        writer.advance();
        assertThat(written()).isEmpty();
    }
}
