package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.kept.KeptConnections;
import dev.workerpool.worker.runs.KeptResult;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswerWriterTest {
    private static final int SIZE = 100_000;

    private final BodyBudget budget = new BodyBudget(1 << 20);
    private final List<AnswerWriter> writers = new ArrayList<>();
    private volatile boolean kept = true;
    private final KeptResult result = () -> kept;

    /** Of an answer to a client that takes nothing. */
    private void send(Response response) {
        var channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        var writer = new AnswerWriter(
                new ResponseEncoder(), new Keeping(KeptConnections.NONE), budget, new Unsent(1 << 20), () -> {});
        writer.attach(channel.pipeline().lastContext());
        writer.write(response, ResponseEncoder.Persistence.DEFAULT, true, true);
        writers.add(writer);
    }

    private void sendToThree(Response response) {
        for (int i = 0; i < 3; i++) {
            send(response);
        }
    }

    private static Response large() {
        return new Response(200, "x/y", ByteBuffer.allocate(SIZE));
    }

    @AfterEach
    void goAway() {
        writers.forEach(AnswerWriter::abandon);
        assertThat(budget.used()).as("memory still charged").isZero();
    }

    @Test
    void chargesEachAnswerThatIsThereForItsClientOnly() {
        sendToThree(large());

        assertThat(budget.used()).isEqualTo(3 * SIZE);
    }

    @Test
    void chargesNobodyForAResultThatIsKept() {
        sendToThree(large().of(result).with("Name", "value"));

        assertThat(budget.used()).isZero();
    }

    @Test
    void chargesAResultThatIsForgottenMeanwhileOnceForAll() {
        sendToThree(large().of(result));
        kept = false;
        for (int i = 0; i < 2; i++) {
            writers.forEach(AnswerWriter::hasProgressed);
        }
        assertThat(budget.used()).isEqualTo(SIZE);

        writers.removeFirst().abandon();
        assertThat(budget.used()).isEqualTo(SIZE);
    }

    @Test
    void chargesAResultThatWasNeverKeptOnceForAll() {
        kept = false;
        sendToThree(large().of(result));

        assertThat(budget.used()).isEqualTo(SIZE);
    }

    /** A client that takes as many pieces as the test says. */
    private static final class Client extends EmbeddedChannel {
        private int takes;

        Client() {
            super(new ChannelInboundHandlerAdapter());
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer pieces) {
            for (; takes > 0 && pieces.current() != null; takes--) {
                pieces.remove();
            }
        }

        void take(int more) {
            takes = more;
            flush();
        }
    }

    private AnswerWriter writer(Client client, Unsent unsent) {
        var writer =
                new AnswerWriter(new ResponseEncoder(), new Keeping(KeptConnections.NONE), budget, unsent, () -> {});
        writer.attach(client.pipeline().lastContext());
        writers.add(writer);
        return writer;
    }

    private static StreamedBody wholeAtOnce() {
        var parts = new ArrayDeque<>(List.of(ByteBuffer.allocate(SIZE), ByteBuffer.allocate(SIZE), StreamedBody.END));
        return parts::poll;
    }

    private static void stream(AnswerWriter writer) {
        writer.stream(Response.streamed(200, "x/y"), ResponseEncoder.Persistence.DEFAULT, true, wholeAtOnce());
    }

    @Test
    void countsWhatWaitsAlsoOfAStreamThatIsAllThereAtOnce() {
        var unsent = new Unsent(1 << 20);
        var client = new Client();
        stream(writer(client, unsent));

        assertThat(unsent.bytes()).isGreaterThan(2 * SIZE);
        client.take(Integer.MAX_VALUE);
        assertThat(unsent.bytes()).isZero();
    }

    private static void answer(AnswerWriter writer, int size) {
        writer.write(
                new Response(200, "x/y", ByteBuffer.allocate(size)), ResponseEncoder.Persistence.DEFAULT, true, true);
    }

    @Test
    void countsASmallAnswerAsLongAsItWaits() {
        var unsent = new Unsent(1 << 20);
        var client = new Client();
        answer(writer(client, unsent), ResponseEncoder.SMALL);

        assertThat(unsent.bytes()).isGreaterThan(ResponseEncoder.SMALL);
        client.take(1);
        assertThat(unsent.bytes()).isZero();
    }

    @Test
    void aSmallAnswerGoesInPiecesOnceMuchWaits() {
        var unsent = new Unsent(0);
        var client = new Client();
        AnswerWriter writer = writer(client, unsent);
        answer(writer, ResponseEncoder.SMALL);

        assertThat(unsent.bytes()).isBetween((long) Unsent.SMALL, Unsent.SMALL + 1024L);
        client.take(Integer.MAX_VALUE);
        writer.handOver();
        assertThat(unsent.bytes()).isZero();
        assertThat(budget.used()).isZero();
    }

    @Test
    void aClientThatTakesWhatIsLeftOfAStreamSlowlyMakesProgress() {
        var client = new Client();
        AnswerWriter writer = writer(client, new Unsent(1 << 20));
        stream(writer);
        writer.hasProgressed();

        assertThat(writer.hasProgressed()).isFalse();
        client.take(1);
        assertThat(writer.hasProgressed()).isTrue();
        client.take(1);
        assertThat(writer.hasProgressed()).isTrue();
    }

    @Test
    void sendsAHeadThatIsMoreThanANarrowChannelTakes() {
        var client = new Client();
        AnswerWriter writer = writer(client, new Unsent(0));
        for (int i = 0; i < 2; i++) {
            client.take(Integer.MAX_VALUE);
            writer.write(
                    large().with("Name", "x".repeat(2 * Unsent.SMALL)),
                    ResponseEncoder.Persistence.DEFAULT,
                    true,
                    true);
        }

        assertThat(client.unsafe().outboundBuffer().totalPendingWriteBytes()).isZero();
        assertThat(budget.used()).as("of answers that are not whole yet").isZero();
    }
}
