package dev.workerpool.worker.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * One client connection, on its event loop only. Requests are answered in order because there is one at a time: what is
 * pipelined behind it waits here, and once that is more than a little, in the client.
 *
 * <pre>
 * IDLE → HEAD → BODY → RUNNING → WRITING → IDLE …      CLOSING: answered for the last time, the client is to go
 * </pre>
 */
final class Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = System.getLogger(Connection.class.getName());
    private static final ByteBuf CONTINUE = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer().writeBytes("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

    /** A refused body up to this size is read and dropped; beyond, the connection costs less to make anew. */
    private static final int WORTH_SKIPPING = 64 * 1024;

    private static final int MAX_PENDING = 64;

    enum State {
        IDLE,
        HEAD,
        BODY,
        RUNNING,
        WRITING,
        CLOSING
    }

    private final ConnectionGroup group;
    private final HttpServer server;
    private final HttpLimits limits;
    private final AnswerWriter writer;

    /** What was read while this was busy. */
    private final ArrayDeque<Object> pending = new ArrayDeque<>(0);

    private boolean pumping;

    /** Links of the group's list. */
    Connection previous;

    Connection next;

    private ChannelHandlerContext ctx;
    private State state = State.IDLE;
    private long deadline;

    /** The request that arrives or is answered; null between requests and when its head cannot be read. */
    private Incoming incoming;

    private Call call;
    private boolean last;

    Connection(HttpServer server, ConnectionGroup group) {
        this.server = server;
        this.group = group;
        this.limits = server.limits();
        this.writer = new AnswerWriter(group.encoder(), server.budget(), this::written);
    }

    State state() {
        return state;
    }

    EventExecutor loop() {
        return ctx.executor();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer.attach(context);
        idle();
        group.add(this);
    }

    /** Called before they are decoded: half a head never comes through the decoder. */
    void bytesArrived() {
        if (state == State.IDLE) {
            state = State.HEAD;
            deadline = System.nanoTime() + limits.head().toNanos();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isBusy()) {
            pending.add(message);
            if (pending.size() == MAX_PENDING) {
                ctx.channel().config().setAutoRead(false);
            }
        } else {
            process(message);
        }
    }

    private boolean isBusy() {
        return state == State.RUNNING || state == State.WRITING;
    }

    /** Takes up what was pipelined. Not reentrant: a request that is answered at once comes back here from within. */
    private void pump() {
        if (pumping || pending.isEmpty()) {
            return;
        }
        pumping = true;
        while (!pending.isEmpty() && !isBusy()) {
            process(pending.poll());
        }
        pumping = false;
        if (pending.isEmpty()) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    private void process(Object message) {
        try {
            if (message instanceof HttpRequest head && state != State.CLOSING) {
                begin(head);
            }
            if (message instanceof HttpContent content && state != State.CLOSING) {
                receive(content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest head) {
        if (head.decoderResult().isFailure()) {
            reject(MalformedRequests.problem(head.decoderResult().cause()));
            return;
        }
        incoming = new Incoming(head, server.budget());
        state = State.BODY;
        deadline = incoming.deadline(limits);
        Response refusal = refusal();
        if (refusal != null) {
            refuse(refusal);
        } else if (incoming.expects()) {
            ctx.writeAndFlush(CONTINUE.duplicate());
        }
    }

    private Response refusal() {
        Response refusal = server.routes().refuse(incoming.request());
        if (refusal != null) {
            return refusal;
        }
        if (incoming.size() > server.maxBodySize()) {
            return bodyTooLarge();
        }
        return incoming.expects() && !incoming.expectsOnlyContinue()
                ? Problem.EXPECTATION_FAILED.because("Only 100-continue can be expected")
                : null;
    }

    private Response bodyTooLarge() {
        return Problem.BODY_TOO_LARGE.because("The body must have at most " + server.maxBodySize() + " bytes");
    }

    private void receive(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            reject(MalformedRequests.problem(content.decoderResult().cause()));
            return;
        }
        boolean hasRoom = incoming.append(content.content());
        if (!incoming.isRefused()) {
            if (incoming.size() > server.maxBodySize()) {
                refuse(bodyTooLarge());
            } else if (!hasRoom) {
                refuse(server.routes().bufferFull());
            } else {
                deadline = incoming.deadline(limits);
            }
        }
        if (content instanceof LastHttpContent && state != State.CLOSING) {
            incoming.completed();
            if (!incoming.isRefused()) {
                dispatch();
            } else if (state == State.BODY) {
                idle(); // Refused, answered, and now skipped.
            }
        }
    }

    private void dispatch() {
        state = State.RUNNING;
        call = new Call(this);
        server.routes().handle(incoming.request(), incoming.body(), call);
    }

    /** Answers before the body is there. What still comes of it is dropped. */
    private void refuse(Response response) {
        incoming.refused();
        write(response);
    }

    /** Answers what cannot be understood or does not go on; nothing behind it can be understood either. */
    private void reject(Response response) {
        if (incoming != null && incoming.isRefused()) {
            ctx.close(); // It was answered before.
            return;
        }
        releaseBody();
        incoming = null;
        write(response);
    }

    void answer(Call from, Response response) {
        if (from == call) {
            call = null;
            write(response);
        }
    }

    private void write(Response response) {
        releaseBody();
        last = incoming == null
                || !incoming.keepsAlive()
                || server.isDraining()
                || !incoming.isComplete() && !incoming.isWorthSkipping(WORTH_SKIPPING);
        var persistence = last
                ? ResponseEncoder.Persistence.CLOSE
                : incoming.isHttp10() ? ResponseEncoder.Persistence.KEEP_ALIVE : ResponseEncoder.Persistence.DEFAULT;
        state = State.WRITING;
        deadline = System.nanoTime() + limits.patience().toNanos();
        writer.write(response, persistence, incoming == null || !incoming.isHead());
    }

    private void written() {
        if (!ctx.channel().isActive()) {
            return;
        }
        if (last) {
            linger();
        } else if (incoming.isComplete()) {
            idle();
        } else {
            state = State.BODY;
            deadline = System.nanoTime() + limits.patience().toNanos();
            pump();
        }
    }

    /** Closing with bytes unread would reset the connection, and the client might never see the answer. */
    private void linger() {
        state = State.CLOSING;
        deadline = System.nanoTime() + limits.patience().toNanos() / 2;
        releasePending();
        ctx.channel().config().setAutoRead(true);
        ((DuplexChannel) ctx.channel()).shutdownOutput();
    }

    private void idle() {
        state = State.IDLE;
        incoming = null;
        deadline = System.nanoTime() + limits.idle().toNanos();
        group.touched(this);
        pump();
    }

    private void releaseBody() {
        if (incoming != null) {
            incoming.releaseBody();
        }
    }

    private void releasePending() {
        pending.forEach(ReferenceCountUtil::release);
        pending.clear();
    }

    /** Looks whether the client keeps us waiting for too long. Called about twice a second. */
    void check(long now) {
        if (state == State.WRITING && writer.hasProgressed()) {
            deadline = now + limits.patience().toNanos();
        }
        if (state == State.RUNNING || deadline - now > 0) {
            return;
        }
        if (state == State.HEAD || state == State.BODY) {
            reject(Problem.REQUEST_TIMEOUT.because("The request took too long to arrive"));
        } else {
            ctx.close();
        }
    }

    /** Makes room for another, or for the end of the server. */
    void close() {
        ctx.close();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        writer.handOver();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        group.remove(this);
        state = State.CLOSING;
        releaseBody();
        releasePending();
        writer.abandon();
        if (call != null) {
            Call abandoned = call;
            call = null;
            abandoned.abandon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.log(Level.WARNING, "A connection is closed because of an unexpected error", cause);
        }
        context.close();
    }
}
