package dev.workerpool.worker.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
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
    private static final int SLICE = 128 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

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
    private final ArrayDeque<Object> pending = new ArrayDeque<>(0);
    private boolean pumping;

    /** Links of the group's list. */
    Connection previous;

    Connection next;

    private ChannelHandlerContext ctx;
    private State state = State.IDLE;
    private long deadline;

    private Request request;
    private Body body;
    private boolean keepAlive;
    private boolean http10;
    private boolean awaitsContinue;
    private long announced;
    private long received;
    private long bodySince;
    private boolean complete;
    private boolean refused;
    private Call call;
    private long unsent;
    private long charged;
    private boolean lastAnswer;
    /** What is still to be written of a large body. */
    private ByteBuffer rest;

    private boolean resting;

    Connection(HttpServer server, ConnectionGroup group) {
        this.server = server;
        this.group = group;
        this.limits = server.limits();
    }

    State state() {
        return state;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        idle();
        group.add(this);
    }

    void bytesArrived() {
        if (state == State.IDLE) {
            state = State.HEAD;
            deadline = System.nanoTime() + limits.head().toNanos();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (state == State.CLOSING) {
            ReferenceCountUtil.release(message);
        } else if (isBusy()) {
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
            if (state == State.CLOSING) {
                return;
            }
            if (message instanceof HttpRequest head) {
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
        complete = false;
        refused = false;
        received = 0;
        if (head.decoderResult().isFailure()) {
            rejectMalformed(head.decoderResult().cause());
            return;
        }
        http10 = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        keepAlive = HttpUtil.isKeepAlive(head);
        awaitsContinue = head.headers().contains(HttpHeaderNames.EXPECT);
        announced = HttpUtil.isTransferEncodingChunked(head) ? -1 : HttpUtil.getContentLength(head, 0L);
        request = Request.of(head.method().name(), head.uri(), head.headers());
        Response refusal = refusal();
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        if (awaitsContinue) {
            ctx.writeAndFlush(CONTINUE.duplicate());
        }
        body = new Body(server.budget(), announced);
        state = State.BODY;
        bodySince = System.nanoTime();
        deadline = bodySince + limits.bodyNanos(0);
    }

    private Response refusal() {
        Response refusal = server.routes().refuse(request);
        if (refusal == null && announced > server.maxBodySize()) {
            refusal = bodyTooLarge();
        }
        if (refusal == null
                && awaitsContinue
                && !"100-continue".equalsIgnoreCase(request.headers().get(HttpHeaderNames.EXPECT))) {
            refusal = Problem.EXPECTATION_FAILED.because("Only 100-continue can be expected");
        }
        return refusal;
    }

    private Response bodyTooLarge() {
        return Problem.BODY_TOO_LARGE.because("The body must have at most " + server.maxBodySize() + " bytes");
    }

    private void receive(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            rejectMalformed(content.decoderResult().cause());
            return;
        }
        received += content.content().readableBytes();
        if (!refused) {
            if (received > server.maxBodySize()) {
                refuse(bodyTooLarge());
            } else if (!body.append(content.content())) {
                refuse(server.routes().bufferFull());
            } else if (!(content instanceof LastHttpContent)) {
                deadline = bodySince + limits.bodyNanos(received);
            }
        }
        if (content instanceof LastHttpContent && state != State.CLOSING) {
            complete = true;
            if (!refused) {
                dispatch();
            } else if (state == State.BODY) {
                idle();
            }
        }
    }

    private void dispatch() {
        state = State.RUNNING;
        call = new Call(this);
        server.routes().handle(request, body.whole(), call);
    }

    /** Answers before the body is there. What still comes of it is dropped. */
    private void refuse(Response response) {
        refused = true;
        write(response);
    }

    /** Answers what cannot be understood; what follows cannot be either. */
    private void rejectMalformed(Throwable cause) {
        if (refused) {
            ctx.close(); // In the middle of a body whose request is answered already.
            return;
        }
        keepAlive = false;
        refuse(MalformedRequests.problem(cause));
    }

    private void answer(Call from, Response response) {
        if (from == call) {
            call = null;
            write(response);
        }
    }

    private void write(Response response) {
        releaseBody();
        boolean last = !keepAlive || server.isDraining() || !complete && !worthSkipping();
        var persistence = last
                ? ResponseEncoder.Persistence.CLOSE
                : http10 ? ResponseEncoder.Persistence.KEEP_ALIVE : ResponseEncoder.Persistence.DEFAULT;
        ByteBuffer content = isHead() ? NOTHING : response.body().duplicate();
        int size = content.remaining();
        boolean small = size <= ResponseEncoder.SMALL;
        ByteBuf head = group.encoder().head(ctx.alloc(), response, persistence, small ? size : 0);
        lastAnswer = last;
        if (small) {
            head.writeBytes(content);
            await(ctx.writeAndFlush(head), 0);
        } else {
            ctx.write(head);
            rest = content;
            await(writeRest(), size);
        }
    }

    private boolean isHead() {
        return request != null && request.method().equals(HttpMethod.HEAD.name());
    }

    /**
     * Writes as much as the socket is likely to take. The transport copies what it is given out of the heap, so a large
     * body handed over at once would exist twice.
     *
     * @return the last write; it is that of the whole body once there is no rest
     */
    private ChannelFuture writeRest() {
        ChannelFuture written;
        do {
            int size = Math.min(rest.remaining(), SLICE);
            written = ctx.write(Unpooled.wrappedBuffer(rest.slice(rest.position(), size)));
            rest.position(rest.position() + size);
        } while (rest.hasRemaining() && ctx.channel().isWritable());
        ctx.flush();
        return written;
    }

    private void await(ChannelFuture written, long size) {
        if (written.isDone() && !hasRest()) {
            written();
            return;
        }
        state = State.WRITING;
        unsent = Long.MAX_VALUE;
        charged = size;
        server.budget().charge(size);
        if (hasRest()) {
            channelWritabilityChanged(ctx);
        } else {
            written.addListener(done -> written());
        }
    }

    private boolean hasRest() {
        return rest != null && rest.hasRemaining();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        // Writing makes the channel unwritable and flushing it writable, and both call back here.
        if (state != State.WRITING || resting || !hasRest()) {
            return;
        }
        resting = true;
        ChannelFuture written = null;
        while (hasRest() && ctx.channel().isWritable()) {
            written = writeRest();
        }
        resting = false;
        if (!hasRest()) {
            written.addListener(done -> written());
        }
    }

    private boolean worthSkipping() {
        return !awaitsContinue && announced >= 0 && announced - received <= WORTH_SKIPPING;
    }

    private void written() {
        rest = null;
        server.budget().release(charged);
        charged = 0;
        if (!ctx.channel().isActive()) {
            return;
        }
        if (lastAnswer) {
            linger();
        } else if (complete) {
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
        request = null;
        keepAlive = false;
        deadline = System.nanoTime() + limits.idle().toNanos();
        group.touched(this);
        pump();
    }

    private void releaseBody() {
        if (body != null) {
            body.release();
            body = null;
        }
    }

    private void releasePending() {
        pending.forEach(ReferenceCountUtil::release);
        pending.clear();
    }

    /** Looks whether the client keeps us waiting for too long. Called about once a second. */
    void check(long now) {
        if (state == State.WRITING) {
            long left = unsent();
            if (left < unsent) {
                unsent = left;
                deadline = now + limits.patience().toNanos();
            }
        }
        if (state == State.RUNNING || deadline - now > 0) {
            return;
        }
        if (state == State.HEAD || state == State.BODY && !refused) {
            keepAlive = false;
            refuse(Problem.REQUEST_TIMEOUT.because("The request took too long to arrive"));
        } else {
            ctx.close();
        }
    }

    private long unsent() {
        var buffer = ctx.channel().unsafe().outboundBuffer();
        return (buffer == null ? 0 : buffer.totalPendingWriteBytes()) + (rest == null ? 0 : rest.remaining());
    }

    /** Makes room for another, or for the end of the server. */
    void close() {
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        group.remove(this);
        state = State.CLOSING;
        releaseBody();
        releasePending();
        rest = null;
        server.budget().release(charged);
        charged = 0;
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

    /** The request this connection is busy with. */
    private static final class Call implements Exchange {
        private final Connection connection;
        private Runnable onAbandoned;
        private boolean abandoned;

        Call(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void respond(Response response) {
            if (connection.ctx.executor().inEventLoop()) {
                connection.answer(this, response);
            } else {
                execute(() -> connection.answer(this, response));
            }
        }

        @Override
        public void execute(Runnable task) {
            connection.ctx.executor().execute(task);
        }

        @Override
        public void onAbandoned(Runnable callback) {
            onAbandoned = callback;
            if (abandoned) {
                callback.run();
            }
        }

        private void abandon() {
            abandoned = true;
            if (onAbandoned != null) {
                onAbandoned.run();
            }
        }
    }
}
