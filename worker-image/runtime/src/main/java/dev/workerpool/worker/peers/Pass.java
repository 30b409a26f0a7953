package dev.workerpool.worker.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One request with a peer. Until its last byte was taken by the socket the peer cannot have begun, for it begins when a body
 * is whole: whatever goes wrong before, the request is declined, and after, lost. On one event loop only.
 *
 * <pre>
 * CONNECTING → SENDING → SENT → ANSWERED → OVER        DECLINING: it was declined, the rest of that answer is read
 * </pre>
 */
public final class Pass {
    private static final int SMALL = 8 * 1024;
    private static final int SLICE = 128 * 1024;
    private static final long SEND_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long PART_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Whoever has no event to tell of says so every 15 seconds. */
    private static final long EVENTS_NANOS = TimeUnit.SECONDS.toNanos(45);

    private static final int CONTINUES = 200;

    private enum State {
        CONNECTING,
        SENDING,
        SENT,
        ANSWERED,
        DECLINING,
        OVER
    }

    private final PassConnections connections;
    private final Routing.Choice choice;
    private final PassedRequest request;
    private final PassObserver observer;
    private final LongSupplier longest;
    private State state = State.CONNECTING;
    private Channel channel;
    private ByteBuffer rest;
    private boolean sending;
    private boolean sent;
    private boolean interim;
    private boolean streamed;
    private boolean events;
    private boolean paused;
    private boolean closes;
    private String declined;
    private long deadline = System.nanoTime() + SEND_NANOS;
    private long sentAt;

    /** The longest that there was: a limit that is lowered holds on for runs that have it. */
    private long patience;

    private int since;

    /**
     * @param longest for how many nanoseconds to wait for an answer once all was sent, by the settings of now: a run takes the
     *     time limit in force when it starts
     */
    Pass(
            PassConnections connections,
            Routing.Choice choice,
            PassedRequest request,
            LongSupplier longest,
            PassObserver observer) {
        this.connections = connections;
        this.choice = choice;
        this.request = request;
        this.longest = longest;
        this.observer = observer;
    }

    PeerView view() {
        return choice.view();
    }

    void begun(int sinceReport) {
        since = sinceReport;
    }

    /** Nobody waits for the answer any more. The peer learns by the end of the connection. */
    public void cancel() {
        if (state != State.OVER) {
            connections.count(choice.reason(), PassOutcome.CANCELLED);
            over(false);
        }
    }

    /** Reads no more of the answer for now, or goes on. */
    public void read(boolean on) {
        if (channel != null && state == State.ANSWERED) {
            paused = !on;
            heard();
            channel.config().setAutoRead(on);
        }
    }

    void connected(Channel to) {
        if (state == State.OVER) {
            connections.release(view().peer(), to, false);
            return;
        }
        channel = to;
        state = State.SENDING;
        observer.sending();
        int size = request.body().remaining();
        ByteBuf head = to.alloc().directBuffer(1024 + (size <= SMALL ? size : 0));
        request.writeHead(head, choice, connections.replica(), connections.token());
        if (size <= SMALL) {
            head.writeBytes(request.body().duplicate());
            last(to.writeAndFlush(head));
        } else {
            to.write(head);
            rest = request.body().duplicate();
            send();
        }
    }

    /** The worker before this one has sent it, and nothing has come back yet. */
    void wasSent() {
        sent = true;
    }

    void resumed(Channel by) {
        channel = by;
        sent();
    }

    private void sent() {
        sent = true;
        state = State.SENT;
        sentAt = System.nanoTime();
        observer.sent(connections.awaits(channel));
    }

    /** Hands over as much as the socket is likely to take. */
    void send() {
        // Writing makes the channel unwritable and flushing it writable, and both call back here.
        if (sending) {
            return;
        }
        sending = true;
        ChannelFuture written = null;
        while (state == State.SENDING && rest != null && rest.hasRemaining() && channel.isWritable()) {
            int size = Math.min(rest.remaining(), SLICE);
            var slice = Unpooled.wrappedBuffer(rest.slice(rest.position(), size));
            rest.position(rest.position() + size);
            deadline = System.nanoTime() + SEND_NANOS;
            written = channel.writeAndFlush(slice);
        }
        sending = false;
        if (written != null && !rest.hasRemaining()) {
            last(written);
        }
    }

    private void last(ChannelFuture written) {
        written.addListener(done -> {
            if (done.isSuccess()) {
                sent = true;
                if (state == State.SENDING) {
                    sent();
                }
            }
        });
    }

    void received(HttpObject message) {
        if (message.decoderResult().isFailure()) {
            failed("its answer is not understood");
            return;
        }
        if (message instanceof HttpResponse head) {
            head(head);
        }
        if (message instanceof HttpContent content) {
            content(content);
        }
    }

    private void head(HttpResponse head) {
        int status = head.status().code();
        interim = status < CONTINUES;
        if (interim || state == State.OVER) {
            return;
        }
        closes = !HttpUtil.isKeepAlive(head);
        events = HttpHeaderValues.TEXT_EVENT_STREAM.contentEqualsIgnoreCase(HttpUtil.getMimeType(head));
        heard();
        declined = head.headers().get(PeerHeaders.DECLINED);
        String load = head.headers().get(PeerHeaders.LOAD);
        if (declined != null) {
            state = State.DECLINING;
            Load reported = load == null ? null : Load.parse(load);
            if (reported != null) {
                view().report(reported, System.nanoTime());
            }
        } else if (!view().peer().replica().equals(head.headers().get(PeerHeaders.REPLICA))) {
            failed("somebody else answers in its place");
        } else {
            state = State.ANSWERED;
            streamed = HttpUtil.isTransferEncodingChunked(head);
            observer.answered(status, head.headers());
        }
    }

    private void content(HttpContent content) {
        heard();
        if (state == State.ANSWERED && !interim && content.content().isReadable()) {
            observer.part(content.content());
        }
        if (content instanceof LastHttpContent && !interim) {
            if (state == State.ANSWERED) {
                ended(sent && !closes);
            } else if (state == State.DECLINING) {
                decline(declined, PassOutcome.DECLINED, sent && !closes);
            }
        }
    }

    private void ended(boolean reusable) {
        connections.count(choice.reason(), PassOutcome.ANSWERED);
        over(reusable);
        observer.ended();
    }

    private void heard() {
        deadline = System.nanoTime() + (events ? EVENTS_NANOS : PART_NANOS);
    }

    /** The connection cannot be had, or has ended. */
    void failed(String why) {
        if (state == State.OVER) {
            return;
        }
        if (state == State.DECLINING) {
            decline(declined, PassOutcome.DECLINED, false);
        } else if (!sent && state != State.ANSWERED) {
            view().forget();
            decline(why, PassOutcome.UNREACHABLE, false);
        } else {
            connections.count(choice.reason(), PassOutcome.LOST);
            over(false);
            observer.lost(why);
        }
    }

    private void decline(String why, PassOutcome outcome, boolean reusable) {
        connections.count(choice.reason(), outcome);
        over(reusable);
        observer.declined(why, outcome == PassOutcome.DECLINED);
    }

    private void over(boolean reusable) {
        state = State.OVER;
        view().over(since);
        connections.over(this, channel, reusable);
    }

    /** Are these the events of a run that goes on without this replica? */
    private boolean isFollowed() {
        return state == State.ANSWERED && events && request.method().equals("GET");
    }

    /** Does the peer wait, as its caller likes it to, for the end of a run that goes on without this replica? */
    private boolean isPolled() {
        return state == State.SENT && request.isPoll();
    }

    private void hurry() {
        connections.count(choice.reason(), PassOutcome.CANCELLED);
        // Before this one ends: a drain that waits for the last answer is not to see a moment without any.
        observer.hurried(choice);
        over(false);
    }

    /** Nothing is read for now, or what is streamed may be long in coming: that the peer is there the socket knows. */
    private boolean maySayNothing() {
        return state == State.ANSWERED && (paused || streamed && !events);
    }

    private boolean isOverdue(long now) {
        if (state != State.SENT) {
            return deadline - now <= 0;
        }
        patience = Math.max(patience, longest.getAsLong());
        return now - sentAt >= patience;
    }

    /** Silence is news as well. Called about four times a second. */
    void check(long now) {
        if (isFollowed() && connections.isDraining()) {
            ended(false); // Whoever follows comes again, and is told more by another replica.
            return;
        }
        if (isPolled() && connections.isDraining()) {
            hurry();
            return;
        }
        if (!maySayNothing() && isOverdue(now)) {
            failed(state == State.CONNECTING || state == State.SENDING ? "it takes no bytes" : "it does not answer");
        }
    }
}
