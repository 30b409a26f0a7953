package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.io.ReadBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ReadBuffers reads = new ReadBuffers(100 * 1024);
    private final Backlog backlog = new Backlog(reads);

    @AfterEach
    void close() {
        backlog.release();
        channel.finishAndReleaseAll();
    }

    private static ByteBuf read(int size) {
        return Unpooled.directBuffer(size, size).writeZero(size);
    }

    private void add(ByteBuf content) {
        backlog.add(new DefaultHttpContent(content), channel);
    }

    private boolean reads() {
        return channel.config().isAutoRead();
    }

    @Test
    void readsNoFurtherBehindTooManyMessages() {
        for (int i = 0; i < 63; i++) {
            backlog.add(LastHttpContent.EMPTY_LAST_CONTENT, channel);
        }
        assertThat(reads()).isTrue();

        backlog.add(LastHttpContent.EMPTY_LAST_CONTENT, channel);
        assertThat(reads()).isFalse();
    }

    @Test
    void readsNoFurtherBehindTooManyBytes() {
        add(read(32 * 1024));
        assertThat(reads()).isTrue();

        add(read(32 * 1024));
        assertThat(reads()).isFalse();
    }

    @Test
    void countsAllOfWhatWasReadForASmallPartOfIt() {
        ByteBuf whole = read(64 * 1024);
        add(whole.readRetainedSlice(1));
        whole.release();

        assertThat(reads()).isFalse();
    }

    @Test
    void countsWhatWasReadAtOnceOnce() {
        ByteBuf whole = read(60 * 1024);
        for (int i = 0; i < 30; i++) {
            add(whole.readRetainedSlice(100));
        }
        whole.release();

        assertThat(reads()).isTrue();
    }

    @Test
    void readsNoFurtherThanTheFirstBytesWhereAllClientsSendMuch() {
        reads.waits(99 * 1024);
        add(read(1024));
        assertThat(reads()).isTrue();
        add(read(1));
        assertThat(reads()).isFalse();

        backlog.release();
        assertThat(reads.isScarce()).isFalse();
    }

    @Test
    void readsOnAndCountsAnewOnceAllIsTakenUp() {
        add(read(64 * 1024));
        backlog.pump(channel, () -> false, ReferenceCountUtil::release);
        assertThat(reads()).isTrue();

        add(read(60 * 1024));
        assertThat(reads()).isTrue();
    }
}
